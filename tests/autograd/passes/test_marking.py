"""Marking: how near an answer must be, what it may be called, and which slip is named, each at its border."""

import math
from fractions import Fraction

import pytest

from autograd import StepError, Value, exercise, steps
from autograd import sum as total
from autograd.language.formula import LONGEST_SUM
from autograd.passes.ledger import FEW_PATHS, MOST_USES
from autograd.passes.marking import near, read
from autograd.passes.slips import MOST_SUBSETS
from autograd.passes.steps import MOST_LINES
from autograd.passes.worksheet import listed


@pytest.mark.parametrize(
    ("answer", "result", "verdict"),
    [
        (6, 6, True), (6, 6.0, True), (6.0, 7.0, False), (1000, 1001, False), (1001.0, 1000, False),  # whole: exactly
        (6.005, 6, True), (6, 6.005, True), (6.007, 6, False),
        (0.50049, 0.5, True), (0.49951, 0.5, True), (0.5006, 0.5, False), (0.4994, 0.5, False), (-0.5, 0.5, False),
        (1e-13, 0, True), (2e-12, 0, False), (0.0, 1e-13, True),
        (math.nan, math.nan, True), (math.nan, 0.5, False), (0.5, math.nan, False), (math.inf, math.inf, True),
        (math.inf, 0.5, False), (10**400, 0.5, False), (Fraction(1, 3), 0.3333, True), (Fraction(1, 3), 0.333, True),
        (Fraction(1, 3), 0.33, False),
    ],
)  # fmt: skip
def test_how_near_an_answer_must_be(answer, result, verdict):
    assert near(answer, result) is verdict


def test_how_near_is_a_choice():
    sheet = exercise("x = 0.5; y = tanh(x)")
    assert sheet.check([1, 0.78], rtol=0.01) and not sheet.check([1, 0.78], rtol=0.005)


@pytest.mark.parametrize(
    ("text", "number"),
    [("5", 5), ("-0.5", -0.5), ("−0.5", -0.5), ("1/3", Fraction(1, 3)), (Value(2.5), 2.5), (7, 7), ("1e-3", 0.001)],
)
def test_answers_are_numbers_or_text(text, number):
    assert read(text) == pytest.approx(number)


@pytest.mark.parametrize("text", ["", "x", "1/0", "1 / 3 / 4"])
def test_other_text_is_refused(text):
    with pytest.raises(StepError, match=r"^The answer '.*' is not a number\. Write it as 5, -0\.5 or 1/3\.$"):
        read(text)


@pytest.mark.parametrize("name", ["∂J/∂x₁", "dJ/dx₁", "dJ / dx₁", "x_1", "x₁"])
def test_a_blank_has_several_names(name):
    sheet = exercise((Value(2.0, "x_1") * 3).named("J"))
    assert sheet.check({"J": 1, name: 3}) and not sheet.check({"J": 1, name: 4})


def shared(n):
    """x is used n times; its uses hand back 1, 2, 4, …"""
    x = Value(3.0, "x")
    return total([x * 2**i for i in range(n)]).named("J")


@pytest.mark.parametrize("n", [MOST_SUBSETS, MOST_SUBSETS + 1])
def test_subsets_of_few_uses_and_single_ones_of_many_are_tried(n):
    sheet = exercise(shared(n))
    kinds = [sheet.check(sheet.answers | {"∂J/∂x": 2**n - 1 - left_out}).kind for left_out in (2, 3)]
    assert kinds[0] == "missing use" and (kinds[1] == "missing use") == (n == MOST_SUBSETS)


@pytest.mark.parametrize(
    ("text", "answers", "clause"),
    [
        ("a = 6; b = 3; J = a / b", {"J": 0.5}, "that is b / a, not a / b"),
        ("a = 6; b = 3; J = a - b", {"J": 18}, "that is a · b, not a − b"),
        ("a = 6; b = 4; J = tanh(a - b)*5", {"J": 7}, "go through J = v₂ · 5."),
        ("a = 5; b = 3; u = a + b; J = u*u", {"J": 16}, "that is u + u, not u · u"),
    ],
)
def test_slips_in_values_say_what_it_would_be(text, answers, clause):
    sheet = exercise(text, "values")
    assert clause in str(sheet.check(sheet.answers | answers))


@pytest.mark.parametrize(
    ("text", "answer", "clause"),
    [
        ("a = 5; b = 3; u = a*b; J = 2*u", {"a": 30}, "∂u/∂a was taken to be u."),
        ("a = 5; b = 3; u = a*b; J = 2*u", {"a": 45}, "∂J/∂u was taken to be u."),
        ("a = 7; b = 2; J = a*b + 3*a", {"a": -1}, "the sign of what v₂ hands back is off"),
        ("a = 5; b = 3; c = 2; J = a*b*7 + a*c*7", {"a": 5}, "the gradients of its uses are missing"),
        ("a = 5; b = 3; u = a*b; J = 2*u", {"a": 5.01}, "∂J/∂a = 5.01 is wrong: "),
    ],
)
def test_slips_in_gradients_say_which_factor(text, answer, clause):
    sheet = exercise(text)
    assert clause in str(sheet.check(sheet.answers | {f"∂J/∂{name}": x for name, x in answer.items()}))


def test_an_unknown_slip_sends_back_to_the_first_line():
    sheet = exercise("a = 5; b = 3; J = a*b + a*a")
    marking = sheet.check(sheet.answers | {"∂J/∂a": 1234})
    assert str(marking) == (
        "∂J/∂a = 1234 is wrong: go through ∂J/∂v₂ · ∂v₂/∂a + ∂J/∂v₁ · ∂v₁/∂a. 3 answers before it are right."
    )


@pytest.mark.parametrize(("blanks", "verdict"), [(0, False), (1, True), (6, True), (7, False)])
def test_there_is_at_least_one_blank_and_at_most_all(blanks, verdict):
    text = "a = 5; b = 3; c = 2; u = b*c; v = a + u; J = 3*v"
    if verdict:
        assert len(exercise(text, blanks=blanks).hidden) == blanks
    else:
        with pytest.raises(StepError, match=rf"^blanks={blanks} does not fit 6 results\. Take 1 to 6\.$"):
            exercise(text, blanks=blanks)


# ── limits of the listings ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("n", [LONGEST_SUM, LONGEST_SUM + 1])
def test_sums_of_few_uses_are_written_out(n):
    last = steps(shared(n))[-1]
    assert (last.unicode == f"∂J/∂x = {2**n - 1}") == (n > LONGEST_SUM)
    assert last.unicode.count("∂J/∂v") == (n if n == LONGEST_SUM else 0)
    assert ("… (9 contributions in all)" in last.chalk) == (n > LONGEST_SUM)
    assert last.chalk[-1] == ("∂J/∂x = " + ("128 + 64 + 32 + 16 + 8 + 4 + 2 + 1 = 255" if n == 8 else "511"))
    sheet = exercise(shared(n))
    assert str(sheet).count("∂J/∂v₁ · ∂v₁/∂x") == (n == LONGEST_SUM)


@pytest.mark.parametrize("n", [FEW_PATHS, FEW_PATHS + 1])
def test_few_paths_are_written_out(n):
    ledger = steps(shared(n)).ledger("x")
    assert ledger.count == n and len(ledger.paths) == (n if n == FEW_PATHS else 0)
    assert ("too many to write out" in str(ledger)) == (n > FEW_PATHS)


@pytest.mark.parametrize("n", [MOST_USES, MOST_USES + 1])
def test_few_contributions_are_written_out(n):
    text = str(steps(shared(n)).ledger("x"))
    assert text.count("+=") == MOST_USES and (f"… ({n} contributions in all)" in text) == (n > MOST_USES)
    assert text.count("so far") == MOST_USES - 1


@pytest.mark.parametrize("extra", [0, 1])
def test_a_long_path_leaves_its_middle_out(extra):
    z = x = Value(1.0, "x")
    for _ in range(LONGEST_SUM + extra):
        z = z * 2.0
    [path] = steps(z.named("J")).ledger(x).paths
    assert (f"… ({LONGEST_SUM + extra} edges) …" in str(path)) == bool(extra)
    assert len(path.slopes) == LONGEST_SUM + extra and path.product == 2.0 ** len(path.slopes)


@pytest.mark.parametrize("extra", [0, 1])
def test_a_shell_shows_so_many_lines(extra):
    z = Value(1.0, "x")
    while len(list(steps(z).lines())) < MOST_LINES + extra:
        z = z * 1.0
    lines = list(steps(z).lines())
    shown = repr(steps(z)).splitlines()
    assert ("… (all of it: print)" in shown) == (len(lines) > MOST_LINES)
    assert len(shown) <= MOST_LINES + 2


@pytest.mark.parametrize("n", [8, 9])
def test_so_many_names_are_listed(n):
    names = "abcdefghi"[:n]
    assert listed(names) == (", ".join(names) if n == 8 else ", ".join(names[:8]) + ", … (9 in all)")


def test_what_is_pending_is_listed_up_to_eight():
    x = Value(1.0, "x")
    many = [x * float(i) for i in range(1, 13)]
    note = next(line for line in repr(steps(total(many).named("J"))[0]).splitlines() if "pending" in line)
    assert note.count("(") == LONGEST_SUM and note.endswith(", …")
