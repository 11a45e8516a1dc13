"""Whether four ways to one gradient agree: the closed form decides, else the complex step, else the difference."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from autograd.core.value import Number, magnitude
from autograd.language.numbers import figure
from autograd.verify.finite_differences import Quotient
from autograd.verify.report import tolerance, within
from autograd.verify.rounding import Rounding

SPOILED = "cannot tell: rounding leaves no digit"
RTOL = 1e-9  # what the closed form and the complex step may be off, relative to the gradient


@dataclass(frozen=True)
class Judgement:
    """The verdict on a gradient, what its number may be off, and the ways that cannot tell."""

    ok: bool
    verdict: str
    tolerance: Number = 0.0
    central_tells: bool = True
    complex_tells: bool = True


@dataclass(frozen=True)
class Ways:
    """Autograd's gradient and the other ways' numbers, None where a way cannot go.

    Args:
        rtol: what the central difference may be off, relative to the gradient, beside its own error.
        rounding: what rounding may do to the gradient.
    """

    autograd: Number
    closed: Number | None
    central: Quotient
    complex: float | None
    rtol: float
    rounding: Rounding

    def judge(self) -> Judgement:
        """Whether they agree. At a tie or an edge the closed form has the table's convention."""
        best = self.complex if self.closed is None else self.closed
        sees = self._central_sees()
        if best is None or self.autograd != self.autograd:
            allowed = tolerance(self.autograd, self.central.value, self.rtol, self.rounding.margin)
            return Judgement(*self._by_central(sees), allowed, sees)
        ok, verdict = self._by_number(best)
        exact = self._is_exact(best)
        allowed = 0 if exact else tolerance(self.autograd, best, RTOL, self.rounding.margin)
        sees = sees and (not ok or self._fits_central())
        tilted = self.complex is not None and (not ok or best is self.complex or bool(self._agrees(self.complex)))
        return Judgement(ok, verdict + self._place(), allowed, sees, tilted)

    def _by_number(self, best: Number) -> tuple[bool, str]:
        """The verdict of the closed form, or of the complex step."""
        agrees = self._agrees(best)
        if agrees is None:
            return False, SPOILED
        if agrees:
            return True, "exact" if self._is_exact(best) and not self._place() else "agrees"
        ways = {"closed form": self.closed, "complex step": self.complex}
        wrong = [f"the {way}" for way, x in ways.items() if x is not None and self._agrees(x) is False]
        return False, f"DISAGREES with {' and '.join(wrong)}"

    def _by_central(self, sees: bool) -> tuple[bool, str]:
        """The verdict of the central difference, where no other way finds a number."""
        if self.autograd != self.autograd:
            return False, "DISAGREES: autograd is nan"
        if not sees:
            return False, "cannot tell: no other way finds a number here"
        ok = self._fits_central()
        return ok, ("agrees" if ok else "DISAGREES with the central difference") + self._place()

    def _is_exact(self, number: Number) -> bool:
        return isinstance(self.autograd, Fraction | int) and isinstance(number, Fraction)

    def _agrees(self, x: Number) -> bool | None:
        """Whether a number is autograd's; None where rounding leaves no digits to say so."""
        return self.autograd == x if self._is_exact(x) else self.rounding.agree(self.autograd, x, RTOL)

    def _fits_central(self) -> bool:
        g, q = self.autograd, self.central
        return within(q.distance(g), tolerance(g, q.value, self.rtol, self.rounding.margin) + 2 * q.error)

    def _central_sees(self) -> bool:
        """Whether the central difference knows a hundredth of its number, or knows it beside J itself."""
        q = self.central
        if q.jump or (q.value != q.value and not q.sides):
            return False
        size = max(magnitude(q.value), magnitude(self.autograd))
        return bool(q.sides) or 100 * q.error <= size or q.error <= max(self.rounding.margin, 1e-9 * q.unit)

    def _place(self) -> str:
        """What is special about the point."""
        if self.central.jump:
            return ": a jump, where the slope is a convention"
        if not self.central.sides:
            return ""
        left, right = (figure(side, digits=4)[0] for side in self.central.sides)
        return f": a kink, slopes {left} and {right}"
