"""Exercises: what a sheet shows and hides, problems from seeds, and markings that name the slip."""

from __future__ import annotations

import subprocess
from shutil import which

import pytest

import viz
from autograd import StepError, Value, exercise, grad, parse, problem, topological
from autograd.passes.exercises import HIDE, TOLERANCE

LECTURE = "a = 5; b = 3; c = 2; u = b*c; v = a + u; J = 3*v"
RIGHT = {"J": 1, "v": 3, "u": 3, "a": 3, "b": 6, "c": 9}


def test_a_sheet_hides_the_gradients_and_the_numbers_that_tell_them():
    assert str(exercise(LECTURE)).partition("Backward pass\n")[2] == (
        "  ∂J/∂J = ____\n  ∂J/∂v = ____\n  ∂J/∂u = ∂J/∂v · ∂v/∂u = ____\n  ∂J/∂a = ∂J/∂v · ∂v/∂a = ____\n"
        f"  ∂J/∂b = ∂J/∂u · ∂u/∂b = ____\n  ∂J/∂c = ∂J/∂u · ∂u/∂c = ____\n\n{TOLERANCE}"
    )
    assert "u = b · c = 3 · 2 = 6" in str(exercise(LECTURE))


def test_hidden_values_show_no_gradient():
    sheet = exercise(LECTURE, hide="values")
    assert str(sheet) == (
        "a = 5, b = 3, c = 2\n\nForward pass\n  u = b · c = ____\n  v = a + u = ____\n  J = 3 · v = ____\n\n"
        "A whole number must be exact; another answer may be 0.1% off."
    )
    assert sheet.answers == {"u": 6, "v": 11, "J": 33} and sheet.check([6, "11", 33])


def test_the_sheet_says_how_near_an_answer_must_be_and_it_is_so():
    sheet = exercise("x = 0.5; y = tanh(x)")
    assert TOLERANCE in str(sheet) and TOLERANCE.replace("%", r"\%") in sheet.latex
    right = sheet.answers["∂y/∂x"]
    assert sheet.check([1, right * 1.0009]) and sheet.check([1, right * 0.9991])
    assert not sheet.check([1, right * 1.0011]) and not sheet.check([1, right * 0.9989])


def test_the_latex_of_a_sheet_has_what_is_given():
    assert exercise("a = 5; b = 7; J = a*b", "values").latex == (
        "\\begin{aligned}\na &= 5, b = 7 \\\\\nJ &= a \\cdot b = \\rule{3em}{0.4pt} \\\\\n"
        "& \\text{A whole number must be exact; another answer may be 0.1\\% off.}\n\\end{aligned}"
    )


@pytest.mark.skipif(which("pdflatex") is None, reason="needs pdflatex")
@pytest.mark.parametrize("hide", HIDE)
def test_the_latex_of_a_sheet_compiles(hide, tmp_path):
    x, w = Value(0.5, "x_1"), Value(2.0, "50% & w_{ij} #")
    J = (x * w + w).tanh().named("J")
    x.data = 0.25  # so that there is a note
    body = exercise(J, hide).latex
    text = "\\documentclass{article}\\usepackage{amsmath}\\begin{document}\\[" + body + "\\]\\end{document}"
    (tmp_path / "sheet.tex").write_text(text)
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "sheet.tex"]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True).returncode == 0


def test_some_blanks_are_chosen_by_the_seed():
    sheets = [exercise(LECTURE, hide="all", blanks=3, rng=seed) for seed in (1, 1, 2)]
    assert str(sheets[0]) == str(sheets[1]) != str(sheets[2])
    assert str(sheets[0]).count("____") == 3 == len(sheets[0].answers)


@pytest.mark.parametrize("hide", HIDE)
def test_the_key_is_right_and_the_latex_has_its_blanks(hide):
    sheet = exercise(LECTURE, hide)
    assert sheet.check(sheet.answers)
    assert sheet.check({name.replace("∂", "d"): str(x) for name, x in sheet.answers.items()})
    assert sheet.latex.count(r"\rule") == len(sheet.hidden) == len(sheet.key.splitlines())


@pytest.mark.parametrize(
    ("text", "slip", "kind", "why"),
    [
        (LECTURE, {"b": -6}, "wrong sign", "∂J/∂b = −6 is wrong: the sign is off. 4 answers before it are right."),
        (LECTURE, {"b": 9}, "value for derivative", "perhaps ∂u/∂b was taken to be b, or"),
        (LECTURE, {"b": 18}, "value for derivative", "wrong: ∂u/∂b was taken to be u."),
        (LECTURE, {"c": 3}, "missing factor", "perhaps the factor ∂u/∂c is missing, or"),
        (LECTURE, {"b": 2}, "missing factor", "wrong: the factor ∂J/∂u is missing."),
        (LECTURE, {"b": 5}, "sum for product", "perhaps ∂J/∂u and ∂u/∂b were added, not multiplied, or"),
        (LECTURE, {"b": 6.5, "c": 0}, "number", "∂J/∂b = 6.5 is wrong"),
        ("a = 5; b = a + a", {"a": 1}, "missing use", "perhaps 1 of its 2 uses is missing (by b), or"),
        ("x = 3; v = x*x; y = v*x", {"x": 18}, "missing use", "1 of its 3 uses is missing"),
        ("x = 3; v = x*x; y = v*x", {"x": 9}, "missing use", "2 of its 3 uses are missing"),
        ("a = 3; u = 2*a; v = 5*u; J = u + v", {"a": 2}, "unfinished gradient", "u handed its gradient on before"),
        ("a = 7; b = 2; u = a*b; J = 3*u", {"a": 12}, "counted twice", "what u hands back is counted twice."),
        ("x = 4; J = 5*x", {"x": 4}, "value for derivative", "perhaps ∂J/∂x was taken to be x, or"),
    ],
)
def test_a_marking_names_the_first_wrong_step_and_what_is_off(text, slip, kind, why):
    sheet = exercise(text)
    marking = sheet.check(sheet.answers | {f"∂{sheet.output.name}/∂{name}": x for name, x in slip.items()})
    assert not marking and marking.step.name == next(iter(slip))
    assert (marking.kind, why in str(marking)) == (kind, True), str(marking)


@pytest.mark.parametrize(
    ("answer", "kind", "why"),
    [
        (-2, "wrong sign", "sign"),
        (8, "other operation", "that is a + b, not a − b"),
        (1, "gradient for value", "gradient"),
    ],
)
def test_slips_in_values(answer, kind, why):
    marking = exercise("a = 5; b = 3; u = a - b; v = u*u; J = u", "all").check({"u": answer})
    assert (marking.kind, why in str(marking)) == (kind, True), str(marking)


def test_blanks_are_told_when_all_else_is_right():
    sheet = exercise(LECTURE)
    assert str(sheet.check({})) == "∂J/∂J is still blank. No answer is given."
    assert str(sheet.check({"a": 3})) == "∂J/∂J is still blank. The 1 given is right."
    assert sheet.check({"b": 9}).kind == "value for derivative"
    assert str(sheet.check(RIGHT)) == "All 6 answers are right."


def test_answers_may_be_rounded_unless_they_are_whole():
    sheet = exercise("x = 0.5; y = tanh(x)")
    assert sheet.check({"y": 1, "x": 0.786}) and not sheet.check({"y": 1, "x": 0.78})
    assert not exercise("x = 1000; y = x*x").check([1, 2001])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: exercise(LECTURE, "slopes"), "Unknown hide='slopes'. Choose one of 'gradients', 'values', 'all'."),
        (lambda: exercise(LECTURE, blanks=7), "blanks=7 does not fit 6 results. Take 1 to 6."),
        (lambda: exercise(["b = 2*a", "a = 1"][1]).check({"q": 1}), "'q' is not asked. The blanks are ∂a/∂a."),
        (lambda: exercise(LECTURE).check([1] * 7), "There are 7 answers to 6 blanks. Leave some out."),
        (lambda: exercise(LECTURE).check(["x"]), "The answer 'x' is not a number. Write it as 5, -0.5 or 1/3."),
        (lambda: problem(4), "Unknown difficulty 4. Choose one of 1, 2, 3."),
    ],
)
def test_mistakes_have_clear_errors(call, message):
    with pytest.raises(StepError) as error:
        call()
    assert str(error.value) == message


@pytest.mark.parametrize("difficulty", [1, 2, 3])
def test_problems_are_small_and_whole(difficulty):
    texts = [problem(difficulty, seed) for seed in range(8)]
    assert len(set(texts)) == 8 and texts == [problem(difficulty, seed) for seed in range(8)]
    for text in texts:
        *_, J = parse(text).values()
        nodes = topological(J)
        numbers = [z.data for z in nodes] + grad(J, nodes)
        assert all(x == int(x) and 0 < abs(x) < 100 for x in numbers), text
        sheet = exercise(text)
        wrong = {name: x + 0.5 for name, x in sheet.answers.items()}
        assert sheet.check(sheet.answers) and sheet.check(wrong).step.number == sheet.hidden[0].number


@pytest.mark.parametrize("difficulty", [1, 2, 3])
def test_every_line_of_a_problem_is_used(difficulty):
    for text in (problem(difficulty, seed) for seed in (*range(20), 240)):
        graph = parse(text)
        assert {z.name for z in topological(graph["J"]) if z.name} == set(graph), text


def test_values_are_keys_too():
    a = Value(5.0, "a")
    sheet = exercise((a + a).named("b"))
    assert sheet.check({sheet.output: 1, a: 2}) and sheet.check({a: 1}).kind == "missing use"


def test_the_picture_has_blanks_and_tells_no_answer():
    svg = viz.draw_exercise(exercise("a = 5; b = 7; u = a*b; J = 2*u")).svg
    assert svg.count("____") == 4 and "∂J/∂b = ____" in svg and "∂u/∂b" in svg
    assert "= 14" not in svg and "= b = 7" not in svg and ">35<" in svg
    values = viz.draw_exercise(exercise("a = 5; b = 7; u = a*b; J = 2*u", "values")).svg
    assert values.count("____") == 2 and ">35<" not in values and ">70<" not in values and "∂" not in values
