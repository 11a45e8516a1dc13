"""CONTRIBUTING's recipes, followed on a copy of the repository: each touches one file, and the rest follows."""

import os
import re
import shutil
import subprocess
import sys

import pytest

from tests import ROOT

RECIPE = re.compile(
    r'^### (.+?)\n(?:(?!^###? ).*\n)*?^```python\n# In (\S+), above "(.+)":\n((?:(?!^```$).*\n)*)^```$', re.MULTILINE
)
RECIPES = {name: rest for name, *rest in RECIPE.findall((ROOT / "CONTRIBUTING.md").read_text("utf-8"))}
pytestmark = pytest.mark.slow
FOLDERS = ("autograd", "nn", "viz", "docs", "examples", "benchmarks", "tests")


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """A copy of the repository, for all recipes of this file."""
    place = tmp_path_factory.mktemp("recipes")
    for folder in FOLDERS:
        shutil.copytree(ROOT / folder, place / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for path in ROOT.iterdir():
        if path.suffix in {".md", ".cfg", ".toml", ".cff"}:
            shutil.copy(path, place)
    return place


def contents(place):
    return {path: path.read_bytes() for path in place.rglob("*") if path.is_file() and "__pycache__" not in path.parts}


@pytest.fixture
def follow(copy):
    """Apply a recipe's code to the copy, run Python there, and undo it in the end."""
    before = contents(copy)

    def apply(name):
        path, mark, code = RECIPES[name]
        text = (copy / path).read_text("utf-8")
        assert text.count(f"\n{mark}") == 1, f"{path} needs one line that begins with {mark!r}"
        (copy / path).write_text(text.replace(f"\n{mark}", f"\n{code}{mark}"), "utf-8")
        assert len(contents(copy).items() - before.items()) == 1
        return lambda script, *arguments: run(copy, script, *arguments)

    yield apply
    for path in contents(copy).keys() - before.keys():
        path.unlink()
    for path, content in before.items():
        if path.read_bytes() != content:
            path.write_bytes(content)


def run(copy, *arguments):
    environment = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, *arguments]
    done = subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_recipes_are_the_four_of_the_design():
    assert list(RECIPES) == ["An operation", "An optimiser", "A drawing level", "An output format"]


def test_an_operation_is_a_row(follow, copy):
    python = follow("An operation")
    shown = python(
        "-c",
        """
import math
from autograd import Value, certificate, compile, expression, gaussian, grad, gradcheck, parse, to_sympy
import viz
from nn import MLP

x = Value(0.5, "x")
assert gaussian(0.5) == gaussian(x).data == x.gaussian().data == math.exp(-0.25)
assert grad(x.gaussian(), [x]) == [-math.exp(-0.25)]
assert gradcheck(gaussian, [0.5]).ok and certificate(gaussian(x).named("y")).ok
assert parse("y = gaussian(x)", x=0.5)["y"].data == math.exp(-0.25)
assert MLP(2, [2, 1], activation="gaussian", rng=0)([1, 2])[0].data
for backend in ("numpy", "native", "jax"):
    values, gradients = compile(gaussian(x), inputs=[x], wrt=[x], backend=backend)([0.5, 0.5])
    assert abs(values - math.exp(-0.25)).max() < 1e-7
print(expression(gaussian(x), "latex"))
print(to_sympy(gaussian(x)))
print([line for line in viz.page(gaussian(x)).html.splitlines() if "gaussian" in line][0])
""",
    )
    latex, sympy, javascript = shown.splitlines()
    assert (latex, sympy) == (r"\operatorname{gaussian}(x)", "exp(-x**2)")
    assert "gaussian" in javascript
    assert "gaussian(x)" in python("-m", "viz", "ops")
    python("-m", "docs", "--refresh")
    assert "| `gaussian(x)` | gaussian(x) = exp(−x²) |" in (copy / "docs" / "operations.md").read_text("utf-8")
    python("-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", "tests/autograd/test_ops.py", "-k", "gaussian")


def test_an_optimiser_is_a_class(follow, copy):
    python = follow("An optimiser")
    python(
        "-c",
        """
import pytest, viz
from nn import MLP, ModelError, SignSGD, datasets
from viz.descent import update

X, y = datasets.moons(20, rng=0)
model = MLP(2, [2, 1], rng=0)
model.compile("signsgd", loss="mse")
losses = model.fit(X, y, epochs=20, verbose=0).history["loss"]
assert losses[-1] < losses[0]
assert viz.descend("x**2 + y**2", {"x": 1.0, "y": 1.0}, ["signsgd=0.1"], steps=5).paths[0].name == "signsgd=0.1"
assert abs(update("signsgd", [3.0], parameter=1.5, rate=0.1).data - 1.4) < 1e-12
with pytest.raises(ModelError, match="signsgd"):
    model.compile("nonsense", loss="mse")
""",
    )
    options = ["x**2 + y**2", "x=1", "y=1", "--optimizer", "signsgd=0.1", "--steps", "5"]
    assert "signsgd=0.1" in python("-m", "viz", "descend", *options)


def test_a_drawing_level_is_a_row(follow, copy):
    script = (
        "import viz; from examples import gallery; print(viz.draw(gallery.moons()).dot, viz.draw(gallery.chain()).dot)"
    )
    before = run(copy, "-c", script)
    python = follow("A drawing level")
    assert python("-c", script) == before  # nobody's automatic pictures change
    python(
        "-c",
        """
import pytest, viz
from autograd import DrawingError, parse

J = parse("u = b*c; v = a + u; J = 3*v", a=5, b=3, c=2)["J"]
assert [node.title for node in viz.draw(J, level="ends").scene.nodes] == ["a", "b", "c", "J = 3 · (a + b · c)"]
with pytest.raises(DrawingError, match="ends"):
    viz.draw(J, level="nonsense")
""",
    )
    assert "| ends: leaf and result |" in " ".join(python("-m", "viz", "draw", "--help").split())
    python("-m", "viz", "draw", "y = 2*a*b", "a=2", "b=3", "--level", "ends", "-o", "y.svg")


def test_an_output_format_is_a_row(follow, copy):
    python = follow("An output format")
    python(
        "-c",
        """
import pytest, viz
from autograd import DrawingError, parse
drawing = viz.draw(parse("y = a*b", a=2, b=3)["y"])
assert drawing.save("build.md").read_text("utf-8") == f"```mermaid\\n{drawing.mermaid}```\\n"
with pytest.raises(DrawingError, match=r"[.]mmd, [.]md"):
    drawing.save("y.nonsense")
""",
    )
    assert ".md (Markdown with a Mermaid block)" in " ".join(python("-m", "viz", "draw", "--help").split())
    python("-m", "viz", "draw", "y = a*b", "a=2", "b=3", "-o", "y.md")
