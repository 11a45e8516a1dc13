"""The design's rules that a tool can check: directions of imports, one table, an idea at the head of each file."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from functools import cache, reduce
from importlib import import_module

import pytest

from autograd.core.op import OPS
from tests import ROOT

FILES = sorted(path for package in ("autograd", "nn", "viz") for path in (ROOT / package).rglob("*.py"))
# The rooms of the house: a file imports from its own room and from those above it, at import, at call or for types.
ORDER = [
    *("autograd.characters", "autograd.errors", "autograd.atomic_files", "autograd.c_cache", "autograd.c_compiler"),
    "autograd.core.exact",
    "autograd.core.node",
    *(
        "autograd.core.notation",
        "autograd.core.closed",
        "autograd.core.op",
        "autograd.core.tracer",
        "autograd.core.row_makers",
    ),
    *("autograd.ops", "autograd.core", "autograd.language"),
    *("autograd.methods", "autograd.passes", "autograd.verify", "autograd.program", "autograd"),
    *(
        "nn.errors",
        "nn.types",
        "nn.arrays",
        "nn.arguments",
        "nn.csv",
        "nn.activations",
        "nn.initializers",
        "nn.regularizers",
        "nn.schedules",
    ),
    *("nn.outputs", "nn.weights", "nn.module", "nn.dense", "nn.activation_layers", "nn.dropout", "nn.batchnorm"),
    *("nn.layers", "nn.entries", "nn.losses", "nn.ops", "nn.scores", "nn.metrics", "nn.datasets", "nn.optimizers"),
    *("nn.callbacks", "nn.export", "nn.training", "nn.models", "nn.utils", "nn.arriving", "nn.linear_models"),
    *("nn.playground", "nn.wrappers", "nn.elsewhere", "nn"),
    *("viz.theme", "viz.escape", "viz.fonts", "viz.typeset", "viz.shapes"),
    *("viz.graph", "viz.layout", "viz.formats", "viz.saving", "viz.pages"),
    *("viz.drawing", "viz.fitting", "viz.pictures", "viz.motion", "viz.networks", "viz.descent", "viz.plots"),
    *("viz.playgrounds", "viz"),
    *("viz.commands", "viz.__main__"),
]
PENDING: set[tuple[str, str]] = set()  # imports against the order that are still to be turned


def label(path):
    return path.relative_to(ROOT).as_posix()


def module(path):
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imports(tree):
    """(module, name, whether inside a function) of every import, those for type checkers too."""
    found = []

    def visit(node, inside):
        if isinstance(node, ast.Import):
            found.extend((alias.name, "", inside) for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            found.extend((node.module or ".", alias.name, inside) for alias in node.names)
        for child in ast.iter_child_nodes(node):
            visit(child, inside or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda))

    visit(tree, False)
    return found


@cache
def parsed(path):
    return ast.parse(path.read_text("utf-8"))


NAMES = {module(path) for path in FILES}


def target(name, imported):
    """Which module an import means: `from autograd import ops` means autograd.ops."""
    whole = f"{name}.{imported}"
    return whole if whole in NAMES else name


def room(name):
    """The place in ORDER of a module: that of its longest prefix there."""
    while name not in ORDER:
        name = name.rpartition(".")[0]
    return ORDER.index(name)


IMPORTS = {
    module(path): {target(name, imported) for name, imported, _ in imports(parsed(path))} & NAMES for path in FILES
}


def test_a_file_imports_from_its_own_room_or_one_above():
    wrong = {(own, other) for own, others in IMPORTS.items() for other in others if room(other) > room(own)}
    assert wrong == PENDING


def test_no_files_import_each_other_in_a_circle():
    """At import, at call and for types: a package whose name alone is imported is a file of its own."""
    wants = {own: {o for o in others - {own} if (own, o) not in PENDING} for own, others in IMPORTS.items()}
    while wants:
        free = [name for name, others in wants.items() if not others & wants.keys()]
        assert free, f"a circle among {sorted(wants)}"
        for name in free:
            del wants[name]


def test_only_public_names_of_autograd_are_imported():
    for path in FILES:
        for name, imported, _ in imports(parsed(path)):
            if name.split(".")[0] == "autograd" and path.relative_to(ROOT).parts[0] != "autograd":
                assert not any(part.startswith("_") for part in (*name.split("."), imported) if part), label(path)


@pytest.mark.parametrize("package", ["viz", "nn"])
def test_what_another_package_uses_of_the_core_and_the_language_says_so(package):
    used = {other for own, others in IMPORTS.items() if own.split(".")[0] == package for other in others}
    for other in sorted(used):
        if re.match(r"autograd\.(core|language)\.", other):
            idea = import_module(other).__doc__.splitlines()[0]
            assert re.search(rf"\b{package}\b", idea), f"{other} is for {package} too"


def test_autograd_imports_nothing_but_the_standard_library_at_its_top():
    for path in (ROOT / "autograd").rglob("*.py"):
        for name, _, lazily in imports(parsed(path)):
            root = name.split(".")[0]
            if "program" in path.parts and path.name != "compile.py" and root == "numpy":
                continue  # `compile` imports these files when it is called
            assert lazily or root == "autograd" or root in sys.stdlib_module_names, (label(path), name)


@pytest.mark.parametrize("package", ["autograd", "nn"])
def test_importing_is_light(package):
    heavy = ["sympy", "torch", "jax", "keras", "matplotlib", "graphviz", "wasmtime", "fpdf", "hypothesis"]
    heavy += ["numpy"] * (package == "autograd")
    script = f"import sys, {package}; print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_file_opens_with_the_line_that_says_its_idea():
    for path in FILES:
        docstring = ast.get_docstring(parsed(path))
        assert docstring and docstring.splitlines()[0].rstrip()[-1] in ".:", label(path)


def test_a_file_compiles_without_a_warning():
    for path in FILES:
        compile(path.read_text("utf-8"), str(path), "exec", dont_inherit=True)


def hung(tree):
    """Methods that are assigned to a class of the core from outside of it, or set on it."""
    for node in ast.walk(tree):
        targets = node.targets if isinstance(node, ast.Assign) else []
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "setattr":
            targets = [ast.Attribute(node.args[0], ast.unparse(node.args[1]))]
        for target in targets:
            if isinstance(target, ast.Attribute) and ast.unparse(target.value) in ("Value", "Tracer", "Traced", "Op"):
                yield target.attr


@pytest.mark.parametrize("text", ["Value.backward = f", "setattr(Tracer, 'tanh', f)", "x = Op.__doc__ = f"])
def test_the_search_for_hung_methods_finds_them(text):
    assert list(hung(ast.parse(text)))


def test_methods_are_hung_in_one_file():
    assert {label(path) for path in FILES if list(hung(parsed(path)))} <= {"autograd/methods.py"}


def test_no_function_shadows_its_module():
    """`import autograd.passes.steps as s` gives the module, whatever has been imported before."""
    for name in sorted(name for name in NAMES if not name.endswith("__main__")):
        thing, [package, *parts] = import_module(name), name.split(".")
        assert reduce(getattr, parts, import_module(package)) is thing is sys.modules[name], name


# ── one table ─────────────────────────────────────────────────────────────────────────────────────

# What only looks like an operation, and the parser's map from Python's operators to the rows.
ALLOWED = {
    "autograd/core/op.py": {"where", "gated", "mul"},  # a column; what is made of a slope and a gradient
    "autograd/errors.py": {"where"},  # whose branches are both calculated
    "autograd/core/replay.py": {"where"},
    "autograd/core/backward.py": {"add"},
    "autograd/core/derivatives.py": {"add", "gated", "where"},  # of a set; gates
    "autograd/language/parser.py": {"add", "sub", "mul", "div", "pow", "neg", "gt", "eq", "exp", "where"},
    "autograd/language/tokens.py": {"sign"},  # a token
    "autograd/language/javascript.py": {"add", "where"},  # of a set; a row's domain
    "autograd/program/backends/numpy.py": {"where", "gated"},  # NumPy's, which is no ufunc; what it lacks
    "autograd/program/decompose.py": {"add", "mul"},  # of a class; a sum of products is what matrices are made of
    "autograd/program/lower.py": {"add"},  # of a class
    "autograd/program/verify.py": {"add"},  # of a set
    "autograd/program/nonfinite.py": {"where"},  # a row's domain
    "autograd/program/backends/python.py": {"add", "pow"},
    "autograd/program/backends/rows.py": {"clip", "pow"},  # of numpy.take; x² is x · x
    "autograd/program/loops/recurrences.py": {"add"},  # of numpy.add
    "autograd/program/ir.py": {"add", "mul", "gated"},
    "autograd/program/biases.py": {"add"},  # of a bias
    "autograd/program/autodiff.py": {"add", "gated", "where"},  # of a set; gates
    "autograd/program/backends/jax.py": {"sum", "where"},  # JAX's
    "autograd/program/backends/jax_training.py": {"sqrt", "sum", "where"},
    "autograd/program/backends/c_source.py": {"add"},  # of a set
    "autograd/program/backends/c_expressions.py": {"pow"},  # x² is x · x
    "autograd/program/backends/c_order.py": {"mul"},  # 2 · x
    "autograd/program/backends/tape_source.py": {"add", "pow"},  # of a set; x² is x · x
    "autograd/program/irregular.py": {"add", "sum"},  # in any order
    "autograd/program/tape.py": {"dot", "mul"},  # a product with 0 is no term of a dot product
    "autograd/program/trace.py": {"add", "dot", "mul", "pow", "sum"},
    "autograd/language/reference.py": {"where"},  # a row's domain
    "autograd/verify/precise.py": {"sign"},  # SymPy's
    "viz/commands/pictures.py": {"dot"},  # Graphviz
    "viz/drawing.py": {"dot"},
    "viz/layout/engines.py": {"dot"},
    "viz/motion/page/__init__.py": {"sub"},
    "viz/playgrounds/given.py": {"tanh"},  # what a page's model ends with
    "viz/playgrounds/mathematics.py": {"relu", "tanh", "sigmoid", "where"},  # as links spell them; a row's domain
    "viz/plots/curves.py": {"log", "where"},  # an axis' scale, a row's domain
    "viz/plots/depth.py": {"log"},  # an axis' scale
    "viz/saving.py": {"dot"},
    "viz/networks/drawing.py": {"dot"},
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


def test_no_other_file_names_an_operation():
    for path in FILES:
        if label(path) != "autograd/ops.py" and path.relative_to(ROOT).parts[0] != "nn":
            named = operations_named(parsed(path)) - ALLOWED.get(label(path), set())
            assert not named, (label(path), named)


@pytest.mark.parametrize("package", ["autograd", "nn", "nn.datasets", "viz"])
def test_every_public_name_is_shown_in_a_document_or_an_example(package):
    places = (ROOT / "README.md", *(ROOT / "docs").glob("*.md"), *(ROOT / "examples").glob("*.py"))
    texts = [path.read_text("utf-8") for path in places]
    assert set(import_module(package).__all__) <= set(re.findall(r"\w+", " ".join(texts)))
