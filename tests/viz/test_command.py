"""The command as its users call it: what it prints, writes and returns."""

import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

import viz
from tests import ROOT
from viz.__main__ import main
from viz.commands.passes import listing, markdown

LECTURE = ["u = b*c; v = a + u; J = 3*v", "a=5", "b=3", "c=2"]
PASSES = """\
a = 5, b = 3, c = 2

Forward pass
  u = b · c = 3 · 2 = 6
  v = a + u = 5 + 6 = 11
  J = 3 · v = 3 · 11 = 33

Backward pass
  ∂J/∂J = 1
  ∂J/∂v = 3
  ∂J/∂u = ∂J/∂v · ∂v/∂u = 3 · 1 = 3
  ∂J/∂a = ∂J/∂v · ∂v/∂a = 3 · 1 = 3
  ∂J/∂b = ∂J/∂u · ∂u/∂b = ∂J/∂u · c = 3 · 2 = 6
  ∂J/∂c = ∂J/∂u · ∂u/∂c = ∂J/∂u · b = 3 · 3 = 9
"""


def test_draw_prints_both_passes_and_writes_the_picture(tmp_path, capsys):
    assert main(["draw", *LECTURE, "-o", str(tmp_path / "J.svg")]) == 0
    assert capsys.readouterr().out == f"{PASSES}\nPicture: {tmp_path / 'J.svg'}\n"
    assert "∂u/∂b = c = 2" in (tmp_path / "J.svg").read_text()


def test_draw_names_the_file_after_the_result(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["draw", "--forward", *LECTURE]) == 0
    assert "∂" not in (tmp_path / "J.svg").read_text()


def test_frames_and_page_write_their_files(tmp_path, capsys):
    assert main(["frames", *LECTURE, "-o", str(tmp_path / "J-{}.svg")]) == 0
    first, *_, last = capsys.readouterr().out.splitlines()
    assert first == "1  u = b · c = 3 · 2 = 6"
    assert last == f"Pictures: {tmp_path / 'J-1.svg'} … {tmp_path / 'J-9.svg'}"
    assert main(["page", *LECTURE, "--title", "Chain rule", "-o", str(tmp_path / "J.html")]) == 0
    assert capsys.readouterr().out == f"Page: {tmp_path / 'J.html'}\n"
    assert "<h1>Chain rule</h1>" in (tmp_path / "J.html").read_text("utf-8")
    assert (
        main(["page", *LECTURE, "--level", "auto", "--around", "u", "--depth", "1", "-o", str(tmp_path / "J.html")])
        == 0
    )
    assert (tmp_path / "J.html").read_text("utf-8").count('<g class="node"') == 4
    assert main(["page", *LECTURE, "--style", "circuit", "-o", str(tmp_path / "J.html")]) == 0
    assert (tmp_path / "J.html").read_text("utf-8").count('<g class="backward"') == 0
    assert main(["page", *LECTURE, "--between", "b", "v", "-o", str(tmp_path / "J.html")]) == 0
    assert (tmp_path / "J.html").read_text("utf-8").count('<g class="node"') == 3


@pytest.mark.parametrize("function", [viz.draw, viz.frames, viz.page])
def test_each_argument_of_a_picture_is_an_option_of_its_command(function, capsys):
    with pytest.raises(SystemExit):
        main([function.__name__, "--help"])
    options = set(re.findall(r"--([a-z]+)", capsys.readouterr().out))
    assert set(inspect.signature(function).parameters) - {"output", "names"} <= options


@pytest.mark.parametrize("command", ["page", "frames"])
def test_frames_and_page_take_parameters_themes_and_rows(command, tmp_path):
    given = [command, "z = w*x + b; J = (z - y)**2", "w=2", "x=3", "b=1", "y=4", "--style", "cards", "--level", "value"]
    written = []
    for i, words in enumerate([[], ["--parameters", "none"], ["--theme", "dark", "--rows", "3"]]):
        path = tmp_path / f"J{i}-{{}}.svg" if command == "frames" else tmp_path / f"J{i}.html"
        assert main([*given, *words, "-o", str(path)]) == 0
        files = sorted(tmp_path.glob(f"J{i}*"), key=lambda file: (len(file.name), file.name))
        written.append(files[-1].read_text("utf-8"))
    assert ["∂J/∂x" in re.sub("<script.*", "", text, flags=re.DOTALL) for text in written[:2]] == [False, True]
    shapes = [re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', text).groups() for text in written]
    assert shapes[0] != shapes[2]
    assert (viz.THEMES["dark"].ink in written[2]) and (command == "page" or viz.THEMES["dark"].ink not in written[0])


def test_steps(capsys):
    assert main(["steps", *LECTURE]) == 0
    assert capsys.readouterr().out == PASSES
    assert main(["steps", "--latex", "y = x**2", "x=3"]) == 0
    assert capsys.readouterr().out == (
        "\\begin{aligned}\ny &= {x}^{2} = {3}^{2} = 9 \\\\\n"
        "\\frac{\\partial y}{\\partial y} &= 1 \\\\\n\\frac{\\partial y}{\\partial x} &= 2 \\cdot x = 2 \\cdot 3 = 6\n"
        "\\end{aligned}\n"
    )


def test_steps_levels_and_ledger(capsys):
    assert main(["steps", *LECTURE, "--ledger", "b"]) == 0
    assert capsys.readouterr().out == (
        "∂J/∂b = 6\n  ∂J/∂b += ∂J/∂u · ∂u/∂b = ∂J/∂u · c = 3 · 2 = 6\n"
        "1 path from J to b\n  J ← v ← u ← b: ∂J/∂v · ∂v/∂u · ∂u/∂b = 3 · 1 · 2 = 6\n"
    )
    assert main(["steps", "--level", "scalar", "z = dot([w1, w2], [x1, x2])", "w1=1", "w2=2", "x1=3", "x2=4"]) == 0
    assert "v₁ = w₁ · x₁ = 1 · 3 = 3\n" in capsys.readouterr().out


def test_an_exercise_its_key_its_picture_and_its_marking(tmp_path, capsys):
    sheet = tmp_path / "sheet.svg"
    assert main(["exercise", *LECTURE, "--answers", "-o", str(sheet)]) == 0
    out = capsys.readouterr().out
    assert "  ∂J/∂b = ∂J/∂u · ∂u/∂b = ____\n" in out and "\nAnswers\n∂J/∂J = 1\n" in out
    assert "∂J/∂b = ____" in sheet.read_text("utf-8")
    assert main(["exercise", *LECTURE, "--check", "a=3", "dJ/db=9"]) == 1
    assert capsys.readouterr().out.startswith("∂J/∂b = 9 is wrong: perhaps ∂u/∂b was taken to be b, or ")
    assert main(["exercise", *LECTURE, "--check", "J=1", "v=3", "u=3", "a=3", "b=6", "c=9"]) == 0


def test_an_exercise_from_a_seed(capsys):
    printed = []
    for _ in range(2):
        assert main(["exercise", "--seed", "7", "--difficulty", "2"]) == 0
        printed.append(capsys.readouterr().out)
    assert printed[0] == printed[1] and printed[0].startswith("a = ") and "____" in printed[0]
    assert main(["exercise", "--seed", "8", "--latex", "--hide", "values"]) == 0
    assert capsys.readouterr().out.startswith("\\begin{aligned}\n")


@pytest.mark.parametrize(
    ("arguments", "printed"),
    [
        (LECTURE, "J = 33\n∂J/∂a = 3\n∂J/∂b = 6\n∂J/∂c = 9\n"),
        ([*LECTURE, "--wrt", "u", "b"], "J = 33\n∂J/∂u = 3\n∂J/∂b = 6\n"),
        (["y = x**3/3", "x=1/3"], "y = 1/81\n∂y/∂x = 1/9\n"),
        (["--digits", "3", "y = exp(x)", "x=1"], "y ≈ 2.72\n∂y/∂x ≈ 2.72\n"),
        (["--", "-x", "x=1"], "f = −1\n∂f/∂x = −1\n"),
        (["λ·w₁²", "lambda=2", "w_1=−3"], "f = 18\n∂f/∂λ = 9\n∂f/∂w₁ = −12\n"),
        (["y = 2*a", "a=1", "b=1", "--wrt", "b"], "y = 2\n∂y/∂b = 0\n"),
    ],
)
def test_grad(arguments, printed, capsys):
    assert main(["grad", *arguments]) == 0
    assert capsys.readouterr().out == printed


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["grad", "y = x", "x=a"], "The value of 'x' is not a number: 'a'. Write it as 5, -0.5, 1e-3 or 1/3."),
        (["grad", "y = x", "x=1/0"], "The value of 'x' is not a number: '1/0'. Write it as 5, -0.5, 1e-3 or 1/3."),
        (["grad", "y = x", "x"], "'x' is not a value. Write each value once, such as a=5."),
        (["grad", "y = x", "x=1", "x=2"], "'x=2' is given twice. Write each value once, such as a=5."),
        (["grad", "y = x", "x=1", "--wrt", "z"], "Unknown name 'z' to differentiate by. Choose from x, y."),
        (
            ["steps", "y = log(x)", "x=-1"],
            "log needs x > 0, got x = -1.0 at 'x' (in 'y'). Clip the input or use softplus.",
        ),
        (
            ["draw", "y = 1/2x", "x=1"],
            "This product can be read in two ways at line 1, column 7 ('2x'). "
            "Write its sign and parentheses, as in (1/2)*x or 1/(2*x).",
        ),
        (
            ["draw", "y = x*1", "x=1", "-o", "y.gif"],
            "'y.gif' has an unknown ending for a picture. "
            "Choose one of .svg, .png, .pdf, .pptx, .tex, .tikz, .dot, .mmd.",
        ),
    ],
)
def test_a_mistake_is_one_clear_line_and_status_2(arguments, line, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert (out, err) == ("", f"chalkgrad {arguments[0]}: {line}\n")
    assert list(tmp_path.iterdir()) == []


def test_no_command_is_a_mistake_too(capsys):
    with pytest.raises(SystemExit) as stop:
        main([])
    assert stop.value.code == 2
    assert "COMMAND" in capsys.readouterr().err


COMMANDS = ("draw", "steps", "exercise", "frames", "page", "grad", "check", "network", "descend", "ops")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(command, capsys):
    with pytest.raises(SystemExit) as stop:
        main([command, "--help"])
    assert stop.value.code == 0
    assert f"example: chalkgrad {command}" in capsys.readouterr().out


def test_ops_prints_the_table(capsys):
    assert main(["ops"]) == 0
    assert capsys.readouterr().out == listing() + "\n"
    assert main(["ops", "--markdown"]) == 0
    assert capsys.readouterr().out == markdown() + "\n"


def test_ops_brings_the_table_of_a_page_up_to_date(tmp_path, capsys):
    page = tmp_path / "page.md"
    page.write_text("<!-- operations -->\n| old |\n<!-- /operations -->\n", encoding="utf-8")
    assert main(["ops", "--write", str(page)]) == 0
    assert capsys.readouterr().out == f"Table: {page}\n"
    assert page.read_text(encoding="utf-8") == f"<!-- operations -->\n{markdown()}\n<!-- /operations -->\n"
    assert main(["ops", "--write", str(tmp_path)]) == 2
    assert capsys.readouterr().err.startswith(f"chalkgrad ops: '{tmp_path}' cannot be read: ")


def test_the_module_runs_and_survives_a_closed_pipe():
    run = subprocess.run(
        f"{sys.executable} -m viz ops | head -n 1", shell=True, capture_output=True, text=True, encoding="utf-8"
    )
    assert run.stdout == "add(x, y)               x + y\n"
    assert run.stderr == ""


FULL = "chalkgrad {}: The output cannot be written: No space left on device. Write it to another place.\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize(
    ("command", "streams", "status", "told"),
    [
        ("steps", ">/dev/full", 2, FULL.format("steps")),
        ("grad", ">/dev/full", 2, FULL.format("grad")),
        ("steps", ">&-", 0, ""),
        ("steps", "2>&- >/dev/full", 2, ""),
        ("steps -i", "<&- >/dev/null", 0, ""),
        ("steps -i", "</dev/null >&-", 0, ""),
        ("steps -i", ">/dev/full", 2, FULL.format("steps")),
        ("steps --level x", "2>/dev/full", 2, ""),
        ("frames -o J-{:c}.svg", "2>/dev/full", 2, ""),
    ],
)
def test_closed_and_full_streams_are_no_traceback(command, streams, status, told):
    script = f"echo n | {sys.executable} -m viz {command} 'y = 2*x' x=1 {streams}; exit ${{PIPESTATUS[1]}}"
    run = subprocess.run(["bash", "-c", script], capture_output=True, text=True)
    assert (run.returncode, run.stderr) == (status, told)


def test_ctrl_c_is_no_traceback(monkeypatch):
    monkeypatch.setattr("viz.commands.passes.listing", lambda: (_ for _ in ()).throw(KeyboardInterrupt))
    assert main(["ops"]) == 130


def test_the_readme_shows_what_its_first_command_prints():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert PASSES in readme
    assert f'chalkgrad draw "{LECTURE[0]}" {" ".join(LECTURE[1:])} -o J.svg' in readme


def test_drawing_leaves_nothing_on_standard_error(tmp_path):
    run = subprocess.run(
        [sys.executable, "-m", "viz", "draw", *LECTURE, "-o", tmp_path / "J.png"], capture_output=True, text=True
    )
    assert (run.returncode, run.stderr) == (0, "")


@pytest.mark.parametrize(
    ("options", "name", "inside"),
    [
        (["--theme", "dark", "--size", "13.3x7.5"], "J.svg", 'width="957.6pt" height="540pt"'),
        (["--transparent", "--between", "c", "J", "--caption"], "J.svg", "2 of 6 nodes left out"),
        (["--caption", "Below."], "J.svg", ">Below.</text>"),
        (["--title", "<J> & more"], "J.svg", ">&lt;J&gt; &amp; more</text>"),
        (["--aspect", "16:9"], "J.svg", 'width="823.57pt" height="463.26pt"'),
        (["--rows", "2"], "J.svg", 'width="'),
        (["--direction", "TB"], "J.dot", "rankdir=TB"),
        (["--parameters", "none"], "J.svg", "∂J/∂a = 3"),
        (["--around", "u", "--depth", "1", "--level", "value"], "J.mmd", "u = b · c"),
        (["--as-graph", "--order", "2"], "J.mmd", "∂²J/∂b∂c"),
        (["--style", "circuit"], "J.mmd", "v +"),
        (["--style", "circuit", "--as-graph", "--digits", "2"], "J.mmd", "∂J/∂b ×3"),
        (["--symbols"], "J.tex", r"\tallfrac{\partial J}{\partial b} = 3 \cdot c = 6"),
    ],
)
def test_pictures_have_options(options, name, inside, tmp_path, capsys):
    assert main(["draw", *LECTURE, *options, "-o", str(tmp_path / name)]) == 0
    assert inside in (tmp_path / name).read_text(encoding="utf-8")


def test_check_refuses_digits_rather_than_ignore_them(capsys):
    with pytest.raises(SystemExit, match="2"):
        main(["check", *LECTURE, "--digits", "3"])
    assert "unrecognized arguments: --digits 3" in capsys.readouterr().err


SMALL = "p = " + " + ".join(f"c{i}*sin(a{i}*x)" for i in range(3)) + "; q = p*exp(p); r = q*tanh(q)"


def test_a_picture_that_stays_small_is_told_on_the_error_output_with_options_that_help(tmp_path, capsys):
    numbers = ["x=1", *(f"{name}{i}=1" for name in "ca" for i in range(3))]
    command = ["draw", SMALL, *numbers, "--size", "5x2", "-o", str(tmp_path / "r.svg")]
    assert main(command) == 0
    told = capsys.readouterr().err
    assert told.startswith("chalkgrad draw: The smallest text of r ") and told.count("\n") == 1
    options = told.partition("such as ")[2].strip().rstrip(".").split()
    assert options[::2] == ["--around", "--depth"]
    assert main([*command, *options]) == 0
    assert not capsys.readouterr().err


def test_parameters_are_named_or_none(tmp_path):
    expression = ["J = (w*x + b)**2", "w=1", "x=2", "b=3"]
    shown = {}
    for words in ([], ["--parameters", "none"], ["--parameters", "x", "b"]):
        assert main(["draw", *expression, *words, "-o", str(tmp_path / "J.svg")]) == 0
        svg = (tmp_path / "J.svg").read_text("utf-8")
        shown[" ".join(words)] = [name for name in "wxb" if f"∂J/∂{name}" in svg]
    assert shown == {"": ["w", "b"], "--parameters none": ["w", "x", "b"], "--parameters x b": ["x", "b"]}
