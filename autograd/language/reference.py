"""The table of operations for readers (and viz): each row's call, formula, derivatives, domain and conventions."""

from __future__ import annotations

from inspect import Parameter, Signature
from pathlib import Path

from autograd.core.op import OPS, Op
from autograd.errors import FileError
from autograd.language.formula import Formula, chain, in_words

MARKERS = "<!-- operations -->", "<!-- /operations -->"  # where a document holds the table


def reference() -> list[tuple[str, str, str, str, str]]:
    """The table of operations for readers: call, formula, derivatives, domain, conventions.

    >>> next(row for row in reference() if row[0] == "tanh(x)")[2]
    '∂z/∂x = 1 − z²'
    """
    return [(op.signature, chain(*_sides(op)), _derivatives(op), op.where, op.kink) for op in OPS.values()]


def document(op: Op) -> str:
    """What `help` says of a row: formula, derivatives, domain, conventions, example.

    >>> document(OPS["log1p"]).split("\\n\\n")[:2]
    ['log1p(x) = log(1 + x), with ∂z/∂x = 1 / (1 + x).', 'Domain: x > −1.']
    """
    call = f"{op.name}({', '.join(op.operands)})"
    formula = chain(op.signature, *(side for side in _sides(op) if side != call))
    notes = [f"{title}: {text}." for title, text in (("Domain", op.where), ("Convention", op.kink)) if text]
    required = op.near[: len(op.near) - len(op.defaults)]
    points = [
        round(low + part * (high - low), 3) for part, (low, high) in zip((0.25, 0.75, 0.5), required, strict=False)
    ]
    arguments = [[x, x / 2] for x in points] if op.variadic else points
    example = f"Example:\n    >>> {op.name}({', '.join(map(str, arguments))})\n    {op(*arguments)!r}"
    return "\n\n".join([f"{formula}, with {_derivatives(op)}.", *notes, example])


def signature(op: Op) -> Signature:
    """How a row is called, for `inspect`: operands are given by position, the last ones may have defaults.

    >>> signature(OPS["leaky_relu"])
    <Signature (x, a=0.01, /)>
    """
    required = len(op.operands) - len(op.defaults)
    defaults = [Parameter.empty] * required + [*op.defaults]
    kind = Parameter.POSITIONAL_ONLY
    return Signature([Parameter(x, kind, default=a) for x, a in zip(op.operands, defaults, strict=True)])


def update(page: Path, table: str) -> None:
    """Write a table between the markers of a document, and leave the rest as it is.

    Raises:
        FileError: the page cannot be read or written, or does not have each marker once.
    """
    from autograd.atomic_files import write_whole

    try:
        text = page.read_bytes().decode()
    except (OSError, UnicodeDecodeError) as error:
        raise FileError(f"'{page}' cannot be read: {error}. Give a Markdown document in UTF-8.") from None
    before, opening, rest = text.partition(MARKERS[0])
    _, closing, after = rest.partition(MARKERS[1])
    if not closing or any(text.count(marker) > 1 for marker in MARKERS):
        lines = " and ".join(f"'{marker}'" for marker in MARKERS)
        raise FileError(f"'{page}' does not say where the table belongs. Put {lines} around its place, once.")
    write_whole(page, f"{before}{opening}\n{table}\n{closing}{after}".encode())


def _letters(op: Op) -> list[Formula]:
    return [Formula(x + "ᵢ" * op.variadic) for x in op.operands]


def _sides(op: Op) -> list[str]:
    """How the row is written, and the formula behind it."""
    notation, letters = op.written["unicode"], _letters(op)
    if op.variadic:
        return [notation.short or notation.template]
    formula = op.formula or (op.value if op.is_composed else None)
    return [op.write("unicode", [x.term for x in letters])[0], *([formula(*letters).term[0]] if formula else [])]


def _derivatives(op: Op) -> str:
    letters = _letters(op)
    slopes = [op.slope(i, letters, Formula("z"), shown=True) for i in range(len(letters))]
    return ", ".join(f"∂z/∂{x.term[0]} = {in_words(d).term[0]}" for x, d in zip(letters, slopes, strict=True))
