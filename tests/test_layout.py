"""The design's rules that a tool can check: directions of imports, one table, an idea at the head of each file."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from autograd.row import OPS

ROOT = Path(__file__).parents[1]
FILES = sorted(path for package in ("autograd", "nn", "viz") for path in (ROOT / package).rglob("*.py"))
LAYERS = [
    {"errors", "notation"},
    {"files"},
    {"row"},
    {"ops"},
    {"value"},
    {"graph", "inline"},
    {
        "backward",
        "board",
        "exercises",
        "expression",
        "javascript",
        "ledger",
        "replay",
        "show",
        "steps",
        "symbolic",
        "text",
    },
    {"arguments", "closed", "hints", "quotient"},
    {"check"},
    {"proof"},
    {""},  # autograd/__init__.py
]
LAZY = {("value", "graph"), ("value", "backward"), ("value", "text")}  # methods of Value that lead upwards
BETWEEN = {("viz.descent", "nn"), ("viz.network", "nn"), ("viz.plots", "nn")}


def label(path):
    return path.relative_to(ROOT).as_posix()


every_file = pytest.mark.parametrize("path", FILES, ids=label)


def module(path):
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imports(tree):
    """(module, name, whether inside a function) of every import, but those for type checkers."""
    found = []

    def visit(node, inside):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            return
        if isinstance(node, ast.Import):
            found.extend((alias.name, "", inside) for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            found.extend((node.module or ".", alias.name, inside) for alias in node.names)
        for child in ast.iter_child_nodes(node):
            visit(child, inside or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda))

    visit(tree, False)
    return found


def parsed(path):
    return ast.parse(path.read_text("utf-8"))


def target(name, imported):
    """Which module an import means: `from autograd import ops` means autograd.ops."""
    whole = f"{name}.{imported}"
    return whole if (ROOT / f"{whole.replace('.', '/')}.py").exists() else name


def layer(part):
    return next(i for i, names in enumerate(LAYERS) if part.split(".")[0] in names)


@pytest.mark.parametrize("path", [path for path in FILES if path.parent.name == "autograd"], ids=label)
def test_autograd_imports_towards_errors_only(path):
    own = module(path).removeprefix("autograd").removeprefix(".")
    for name, imported, lazily in imports(parsed(path)):
        if name.split(".")[0] == "autograd":
            other = target(name, imported).removeprefix("autograd").removeprefix(".")
            assert layer(other) <= layer(own) or (lazily and (own, other) in LAZY), f"{own} imports {other}"


def test_no_two_files_of_autograd_import_each_other():
    wants = {}
    for path in FILES:
        if path.parent.name == "autograd":
            found = {target(name, imported) for name, imported, lazily in imports(parsed(path)) if not lazily}
            wants[module(path)] = {name for name in found if name.startswith("autograd.")}
    while wants:
        free = [name for name, others in wants.items() if not others & wants.keys()]
        assert free, f"a cycle among {sorted(wants)}"
        for name in free:
            del wants[name]


@every_file
def test_packages_import_in_one_direction(path):
    own = module(path)
    package = own.split(".")[0]
    for name, _, _ in imports(parsed(path)):
        other = name.split(".")[0]
        if package == "autograd":
            assert other not in ("nn", "viz")
        elif {package, other} == {"nn", "viz"}:
            assert (own, other) in BETWEEN


@pytest.mark.parametrize("path", [path for path in FILES if "autograd" not in path.parts[-2:]], ids=label)
def test_only_public_names_of_autograd_are_imported(path):
    for name, imported, _ in imports(parsed(path)):
        if name.split(".")[0] == "autograd":
            assert not any(part.startswith("_") for part in (*name.split("."), imported) if part)


@pytest.mark.parametrize("path", [path for path in FILES if "autograd" in path.parts], ids=label)
def test_autograd_imports_nothing_but_the_standard_library_at_its_top(path):
    for name, _, lazily in imports(parsed(path)):
        root = name.split(".")[0]
        if "replay" in path.parts and path.name != "__init__.py" and root == "numpy":
            continue  # `compile` imports these files when it is called
        assert lazily or root == "autograd" or root in sys.stdlib_module_names, name


@pytest.mark.parametrize("package", ["autograd", "nn"])
def test_importing_is_light(package):
    heavy = ["sympy", "torch", "jax", "keras", "matplotlib", "graphviz", "wasmtime", "fpdf", "hypothesis"]
    heavy += ["numpy"] * (package == "autograd")
    script = f"import sys, {package}; print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@every_file
def test_a_file_opens_with_the_line_that_says_its_idea(path):
    docstring = ast.get_docstring(parsed(path))
    assert docstring
    assert docstring.splitlines()[0].rstrip()[-1] in ".:"


@every_file
def test_a_file_compiles_without_a_warning(path):
    compile(path.read_text("utf-8"), str(path), "exec", dont_inherit=True)


# ── one table ─────────────────────────────────────────────────────────────────────────────────────

# What only looks like an operation, and the parser's map from Python's operators to the rows.
ALLOWED = {
    "autograd/row.py": {"abs", "add", "div", "mul", "neg", "pow", "sub", "where"},  # Python's operators; a column
    "autograd/backward.py": {"add"},  # of a set
    "autograd/expression.py": {"add", "sub", "mul", "div", "pow", "neg", "gt"},
    "autograd/javascript.py": {"add", "where"},  # of a set; a row's domain
    "autograd/replay/arrays.py": {"where"},  # NumPy's, which is no ufunc
    "autograd/replay/expanded.py": {"add", "mul"},  # a sum of products is what rolling looks for
    "autograd/replay/finite.py": {"where"},  # a row's domain
    "autograd/replay/floats.py": {"add", "pow"},
    "autograd/replay/form.py": {"add", "mul"},
    "autograd/replay/joint.py": {"add"},
    "autograd/replay/jax_.py": {"sum"},  # JAX's
    "autograd/replay/native.py": {"add", "pow"},  # of a set; x² is x · x
    "autograd/replay/recorded.py": {"add", "dot", "mul", "pow", "sum"},
    "autograd/text.py": {"where"},  # a row's domain
    "autograd/value.py": {"add", "sub", "mul"},  # hot paths
    "viz/__main__.py": {"dot", "relu"},  # Graphviz; a network of given sizes
    "viz/drawing.py": {"dot"},
    "viz/engine.py": {"dot"},
    "viz/escape.py": {"sub"},  # of a regular expression
    "viz/page/__init__.py": {"sub"},
    "viz/passes.py": {"add"},  # of a set
    "viz/plots.py": {"log", "where"},  # an axis' scale, a row's domain
}


def operations_named(tree):
    """Operations that a file imports from autograd, calls as methods, or spells in a string."""
    statements = [node for node in ast.walk(tree) if isinstance(node, ast.Import)]
    modules = {alias.asname or alias.name for node in statements for alias in node.names} - {"autograd"}
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "autograd":
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.Attribute) and not (isinstance(node.value, ast.Name) and node.value.id in modules):
            found.add(node.attr)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.add(node.value)
    return found & OPS.keys()


@pytest.mark.parametrize(
    "text",
    [
        "from autograd import tanh as t",
        "from autograd.ops import tanh",
        "import autograd; autograd.tanh(x)",
        "y = x.tanh()",
        "OPS['tanh']",
        "if z.op == 'tanh': pass",
        "colours = {'tanh': 'red'}",
        "match z.op:\n    case 'tanh': pass",
    ],
)
def test_the_search_for_operations_finds_them(text):
    assert operations_named(ast.parse(text)) == {"tanh"}


@pytest.mark.parametrize("text", ["import re; re.sub('a', 'b', s)", "abs(x) + sum(y)", '"""tanh in a docstring."""'])
def test_the_search_for_operations_finds_nothing_else(text):
    assert operations_named(ast.parse(text)) == set()


@pytest.mark.parametrize(
    "path", [path for path in FILES if label(path) != "autograd/ops.py" and path.parts[-2] != "nn"], ids=label
)
def test_no_other_file_names_an_operation(path):
    assert operations_named(parsed(path)) <= ALLOWED.get(label(path), set())


@pytest.mark.parametrize("package", ["autograd", "nn", "nn.datasets", "viz"])
def test_every_public_name_is_shown_in_the_readme_or_an_example(package):
    texts = [path.read_text("utf-8") for path in (ROOT / "README.md", *(ROOT / "examples").glob("*.py"))]
    assert set(import_module(package).__all__) <= set(re.findall(r"\w+", " ".join(texts)))
