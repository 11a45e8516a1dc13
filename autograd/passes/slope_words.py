"""With what a slope is written, and on what it depends how: max(x, y) has the slope 1 or 0, as x and y compare."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from itertools import combinations

from autograd.core.op import OPS, Number, Op
from autograd.core.value import Operand, Value, entry
from autograd.language.formula import Formula, in_words
from autograd.passes.templates import HOLES
from autograd.passes.worksheet import is_close


@cache
def words_of(op: Op, column: int) -> tuple[list[int], bool, bool]:
    """Which of its operands, and z as −1, a slope is written with; whether it is calculated so; whether it chooses."""
    words, calculated = op.shown[column], op.shown[column] is op.partials[column]
    if isinstance(words, int):
        return [], calculated, False
    letters = {i: chr(HOLES + i) for i in range(len(op.operands))} | {-1: chr(HOLES - 1)}
    formula = in_words(words(*map(Formula, letters.values())))
    return [i for i, letter in letters.items() if letter in formula.term[0]], calculated, chooses(formula)


def order(around: Sequence[Operand]) -> tuple[int, ...]:
    """How operands and 0 compare, two by two: on nothing else does it depend what a slope chooses."""
    numbers = [0, *(x.data if isinstance(x, Value) else x for x in around)]
    return tuple((a <= b) + 2 * (a >= b) for a, b in combinations(numbers, 2))


def comes_to(slope: Number, z: Value, places: Iterable[int]) -> bool:
    """Whether the slope as a textbook writes it, by these operands, comes to the number that was recorded."""
    number: Number = 0
    for i in places:
        column, around = entry(z, i)
        number += OPS[z.op].shown_number(column, [x.data if isinstance(x, Value) else x for x in around], z.data)
    return is_close(number, slope)


@cache
def raises(op: Op) -> bool:
    """Whether an operation is a power, which is written x² if the exponent is a whole number."""
    return "^" in op.written["unicode"].template


def chooses(formula: Formula) -> bool:
    """Whether numbers may choose what is written: where it has a choice, as [x > 0], or a power that may be whole."""
    stack: list[Formula] = [formula]
    while stack:
        op, parts = stack.pop().made or (None, ())
        if op and ((op.kink and not op.infix) or 0 in op.partials):
            return True
        if op and raises(op) and not parts[-1].literal:
            return True
        stack.extend(parts)
    return False
