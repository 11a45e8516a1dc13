r"""Formulas as people type them, and as this package prints them, in Python's grammar: 2x², √x, |x|, σ(w₁·x + b).

Nothing is evaluated here: signs are translated, names are numbered, and Python's own parser reads what comes out. Each
piece knows where it was typed. What it may mean is the whitelist of `autograd.language.parser`.

| typed | read as |
| --- | --- |
| `·` `×` `−` `÷` `^` `x²` `x⁻¹` `½` `1.5·10⁻⁷` | `*` `*` `-` `/` `**` `x**2` `x**-1` `(1/2)` `1.5e-7` |
| `\|x\|` `√x` `∛(a + b)` `[x > 0]` `[x = y]` | the rows of the table that are printed so |
| `2x` `2(a + b)` `½x` | products; `1/2x` and `x^2y`, which can be read in two ways, are refused |
| `x₁` `\theta` `lambda` `\hat y` `y'` `w[1]₂₀` | names, found as they are printed: `x_1` `θ` `λ` `y_hat` … |
| `f(x) = …` `a = 1, b = 2` | `f = …`, and two statements |
"""

from __future__ import annotations

import ast
import re
from bisect import bisect
from collections.abc import Callable
from typing import NoReturn

from autograd.errors import ParseError
from autograd.language.tokens import PRINTED, Token, tokens

DEEPEST = 200  # levels of nesting
GRAMMAR = "Use numbers, names, + - * / **, parentheses, > and <, and the functions of the table."
PRODUCT = "A product is written *, as in 3*v."
SHORTER = "Name a part of it in a line of its own."
_BAR = PRINTED["|x|"]
_MEANT = {
    "∂": "Leave the line out: gradients are calculated.",
    "≈": "Leave rounded numbers out.",
    "\\": r"Of LaTeX, names are read, such as \theta and \hat y; write a/b, sqrt(x) and x^2.",
}
_ENDS = ("close", "name", "number", "raised")  # kinds of tokens that an operand may end with
_HEAD = 100  # tokens at most of a head such as f(x, y) =


class Typed:
    """A text in Python's grammar.

    Args:
        text: what was typed.
        is_function: whether a name is that of a function.

    Attributes:
        lines: what was typed, line by line.
        source: the same for Python's parser.
        names: what stands for each name in the source.

    Raises:
        ParseError: what is wrong, the line and column, and a remedy.

    >>> typed = Typed("y = 2x² − |w₁|", lambda name: False)
    >>> typed.source, typed.names
    ('n0 = 2 * n1 ** 2 - n2 ( n3 )', {'n0': 'y', 'n1': 'x', 'n2': 'abs', 'n3': 'w_1'})
    """

    def __init__(self, text: str, is_function: Callable[[str], bool]) -> None:
        self.lines = re.split("\r\n|\r|\n", text)
        self.is_function = is_function
        self.names: dict[str, str] = {}
        self._numbered: dict[str, str] = {}
        self._rows: list[list[str]] = [[] for _ in self.lines]
        self._places: list[list[tuple[int, int]]] = [[] for _ in self.lines]  # offset in the source, column of the text
        _Translation(self).run()
        self.source = "\n".join(map(" ".join, self._rows))

    def write(self, text: str, token: Token) -> None:
        """Add a piece of Python that stands for a token."""
        row, places = self._rows[token.row - 1], self._places[token.row - 1]
        places.append((places[-1][0] + len(row[-1]) + 1 if row else 0, token.column))
        row.append(text)

    def write_name(self, name: str, token: Token, call: str = "") -> None:
        """Add what stands for a name, and for a call its bracket."""
        number = self._numbered.setdefault(name, f"n{len(self._numbered)}")
        self.names[number] = name
        self.write(number + call, token)

    def place(self, row: int, offset: int) -> tuple[int, int]:
        """Line and column, both from 1, of what stands at an offset of a row of the source."""
        row = min(row, len(self.lines))
        pieces, places = self._rows[row - 1], self._places[row - 1]
        if not places or offset >= places[-1][0] + len(pieces[-1]):
            return row, len(self.lines[row - 1].rstrip()) + 1
        return row, places[bisect(places, (offset + 1,)) - 1][1]

    def fail(self, what: str, at: ast.AST | Token | tuple[int, int], remedy: str) -> NoReturn:
        """Raise a ParseError that names line, column and the text found there."""
        if isinstance(at, ast.AST):
            at = self.place(at.lineno, at.col_offset)  # type: ignore[attr-defined]
        row, column = (at.row, at.column) if isinstance(at, Token) else at
        excerpt = self.lines[row - 1][column - 1 :][:20].strip()
        shown = f" ({excerpt!r})" if excerpt else ""
        raise ParseError(f"{what} at line {row}, column {column}{shown}. {remedy}")


class _Translation:
    """One token after the other, and what the meaning of the next one depends on."""

    def __init__(self, typed: Typed) -> None:
        self.typed, self.fail, self.write = typed, typed.fail, typed.write
        self.queue = list(tokens(typed.lines))
        self.open: list[tuple[Token, int, str]] = []  # brackets, bars; roots that end there; its `bound`
        self.depth = 0
        self.begin()

    def begin(self) -> None:
        """Begin a statement."""
        self.last = Token("newline", "", 0, 0, False)
        self.assigns = False  # whether it has its equals sign
        self.bound = ""  # the / or ** that the operand belongs to
        self.roots = 0  # whose operand comes next
        self.rooted = False  # whether the last operand was a root's
        self.chained = 0  # powers and signs in a row, each of which is a level

    def run(self) -> None:
        """Write the source."""
        self.index = 0
        while self.index < len(self.queue):
            if self.last.kind == "newline" and not self.open:
                self.skip_arguments()
            token, last = self.queue[self.index], self.last
            self.index += 1
            if token.kind == "bar":
                token = token._replace(kind="close" if self.closes(last) else "open")
            if token.kind in ("name", "number", "open", "root"):
                self.join(token, last)
            self.last = token
            getattr(self, f"_{token.kind}")(token, last)
        for bar, *_ in self.open:
            self.check_closed(bar)

    def next_texts(self, count: int) -> list[str]:
        """What the tokens from here on say."""
        return [token.text for token in self.queue[self.index : self.index + count]]

    def skip_arguments(self) -> None:
        """Read f(x, y) = … as f = …."""
        name = self.queue[self.index]
        if name.kind != "name" or self.next_texts(2)[1:] != ["("]:
            return
        texts = self.next_texts(_HEAD)
        end = texts.index(")") if ")" in texts else 0
        arguments = self.queue[self.index + 2 : self.index + end]
        if end and texts[end + 1 : end + 2] == ["="] and all(x.kind == "name" or x.text == "," for x in arguments):
            self.typed.write_name(name.text, name)
            self.last = name
            self.index += end + 1

    def closes(self, last: Token) -> bool:
        """Whether a bar that comes now is a closing one."""
        return bool(self.open) and self.open[-1][0].text == "|" and last.kind in _ENDS

    def check_closed(self, bracket: Token) -> None:
        if bracket.text == "|":  # Python tells of the others
            self.fail("This bar is never closed", bracket, "Write an absolute value as |x|, or abs(x).")

    # ── operands ──────────────────────────────────────────────────────────────────────────────────

    def join(self, token: Token, last: Token) -> None:
        """What stands between an operand and the one before: a call, a product, or a sign that is missing."""
        if last.kind not in _ENDS or (token.text in ("(", "[") and last.kind in ("close", "name")):
            return
        if last.kind != "number" or not token.touches:
            self.check_called(last, "(x)")
            self.fail("A sign is missing", token, PRODUCT)
        if self.bound or self.rooted:
            example = {"": "√2*x or √(2*x)", "**": "x**2*y or x**(2*y)"}.get(self.bound, "(1/2)*x or 1/(2*x)")
            self.fail("This product can be read in two ways", last, f"Write its sign and parentheses, as in {example}.")
        self.write("*", token)

    def check_called(self, name: Token, rest: str) -> None:
        """Refuse `sin x` and `sin²(x)`."""
        if name.kind == "name" and self.typed.is_function(name.text):
            self.fail(f"'{name.text}' is a function", name, f"Write {name.text}{rest}, with parentheses.")

    def _number(self, token: Token, last: Token) -> None:
        self.write(token.text, token)
        self.end_roots(token)

    def _name(self, token: Token, last: Token) -> None:
        self.typed.write_name(token.text, token)
        if self.next_texts(1) != ["("]:
            self.end_roots(token)

    def _command(self, token: Token, last: Token) -> None:
        if not self.typed.is_function(token.text):
            self.fail("This has no meaning here", token, _MEANT["\\"])
        self.last = token._replace(kind="name")
        self._name(token, last)

    def _root(self, token: Token, last: Token) -> None:
        self.typed.write_name(token.text, token, " (")
        self.roots += 1
        self.deepen(token)

    def end_roots(self, token: Token, roots: int | None = None) -> None:
        """Close the parentheses of roots whose operand ends here."""
        roots = self.roots if roots is None else roots
        if roots:
            self.write(" ".join(")" * roots), token)
        self.rooted, self.roots = roots > 0, 0
        self.depth -= roots

    def _open(self, token: Token, last: Token) -> None:
        if token.text == "|":
            self.typed.write_name(_BAR, token, " (")
        else:
            self.write(token.text, token)
        self.open.append((token, self.roots, self.bound))
        self.roots, self.bound = 0, ""
        self.deepen(token)

    def deepen(self, token: Token) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            self.fail(f"This nests deeper than {DEEPEST} levels", token, SHORTER)

    def _close(self, token: Token, last: Token) -> None:
        self.check_rooted(token)
        bracket, roots, self.bound = self.open.pop() if self.open else (token, 0, "")
        if token.text != "|":
            self.check_closed(bracket)
        self.write(")" if token.text == "|" else token.text, token)
        self.depth -= 1
        self.end_roots(token, roots)

    def _raised(self, token: Token, last: Token) -> None:
        if last.kind not in _ENDS:
            self._other(token, last)
        self.check_called(last, f"(x)**{token.text}")
        self.check_power(token, last)
        if token.text.isalpha():
            self.write("**", token)
            self.typed.write_name(token.text, token)
        else:
            self.write(f"** {token.text}", token)

    def check_power(self, token: Token, last: Token) -> None:
        """Refuse powers that can be read in two ways."""
        if self.rooted or last.kind == "raised" or (token.kind == "raised" and self.bound == "**"):
            example = "(√x)**2 or √(x**2)" if self.rooted else "(x**2)**3 or x**(2**3)"
            self.fail("This power can be read in two ways", token, f"Write parentheses, as in {example}.")

    # ── signs ─────────────────────────────────────────────────────────────────────────────────────

    def _sign(self, token: Token, last: Token) -> None:
        self.check_rooted(token)
        prefix = last.kind not in _ENDS
        if token.text == "**":
            self.check_called(last, "(x)**2")
            self.check_power(token, last)
        self.chained = self.chained + 1 if prefix or token.text == "**" else 0
        if self.chained > DEEPEST + 1:
            self.fail(f"This nests deeper than {DEEPEST} levels", token, SHORTER)
        if not prefix:
            self.bound = token.text if token.text in ("/", "//", "**") else ""
        self.rooted = False
        assigns = token.text == "=" and not self.open
        if assigns and self.assigns:
            self.fail("This is a second equals sign", token, 'A statement has one, as in "u = b*c".')
        self.write(self.meaning(token), token)
        if self.ends(token):
            self.begin()
        self.assigns |= assigns

    def meaning(self, token: Token) -> str:
        """[x = y] compares, and a comma before another assignment ends this one."""
        if token.text == "=" and self.open and self.open[-1][0].text == "[":
            return "=="
        return ";" if self.ends(token) else token.text

    def ends(self, token: Token) -> bool:
        """Whether a statement ends with this sign."""
        ahead = self.assigns and self.queue[self.index].kind == "name" and self.next_texts(2)[1:] == ["="]
        return not self.open and (token.text == ";" or (token.text == "," and ahead))

    def check_rooted(self, token: Token) -> None:
        if self.roots:
            self.fail("A root has nothing under it", token, "Write √x or √(a + b).")

    def _newline(self, token: Token, last: Token) -> None:
        self.check_rooted(token)
        if self.open:
            self.last = last
        else:
            self.begin()

    def _continued(self, token: Token, last: Token) -> None:
        self.write("\\", token)
        self.last = last

    def _word(self, token: Token, last: Token) -> None:
        self.write(token.text, token)

    def _other(self, token: Token, last: Token) -> None:
        character = self.typed.lines[token.row - 1][token.column - 1]
        self.fail("This has no meaning here", token, _MEANT.get(character, GRAMMAR))
