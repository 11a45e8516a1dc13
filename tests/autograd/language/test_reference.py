"""What `help` says of a row, and the document that holds the table."""

from __future__ import annotations

import doctest
import inspect
import pydoc
from importlib.metadata import PackageNotFoundError

import pytest

import autograd
from autograd import FileError, Value, leaky_relu, tanh
from autograd.core.op import OPS, Op
from autograd.language.reference import document, reference, update
from tests.oracle import ROWS

every_row = pytest.mark.parametrize("op", ROWS, ids=lambda op: op.name)
TANH = """\
tanh(x) = (exp(x) − exp(−x)) / (exp(x) + exp(−x)), with ∂z/∂x = 1 − z².

Example:
    >>> tanh(-1.0)
    -0.7615941559557649"""
LEAKY_RELU = """\
leaky_relu(x, a=0.01) = where([x > 0], x, a · x), with ∂z/∂x = where([x > 0], 1, a), ∂z/∂a = min(x, 0).

Convention: Slope a at x = 0.

Example:
    >>> leaky_relu(-1.0)
    -0.01"""
LOG = """\
log(x), with ∂z/∂x = 1 / x.

Domain: x > 0.

Example:
    >>> log(1.475)
    0.38865798979178323"""


def test_help_of_a_row_is_its_formula_slopes_domain_convention_and_an_example():
    assert (tanh.__doc__, leaky_relu.__doc__, OPS["log"].__doc__) == (TANH, LEAKY_RELU, LOG)
    text = pydoc.plain(pydoc.render_doc(tanh))
    assert TANH.splitlines()[0] in text
    assert "One row" not in text
    assert str(Op.__doc__).startswith("One row")


def test_help_of_a_method_is_that_of_its_row():
    assert Value.tanh.__doc__ == TANH
    assert pydoc.plain(pydoc.render_doc(Value.tanh)).splitlines()[2] == "tanh(self)"
    assert Value.leaky_relu.__doc__ == LEAKY_RELU
    assert (Value.ln.__name__, Value.ln.__qualname__) == ("ln", "Value.ln")


def test_signatures_have_the_operands_and_their_defaults():
    assert str(inspect.signature(tanh)) == "(x, /)"
    assert str(inspect.signature(leaky_relu)) == "(x, a=0.01, /)"
    assert str(inspect.signature(OPS["clip"])) == "(x, lo, hi, /)"
    assert str(inspect.signature(Value.leaky_relu)) == "(x, a=0.01, /)"
    assert str(inspect.signature(Value(1.0).leaky_relu)) == "(a=0.01, /)"
    assert "name" in inspect.signature(Op).parameters


@every_row
def test_the_help_of_each_row_has_what_the_row_has_and_its_example_runs(op):
    text = document(op)
    call, _, slopes, domain, convention = next(row for row in reference() if row[0] == op.signature)
    assert text.startswith(call)
    assert slopes in text
    assert ("Domain" in text, "Convention" in text) == (bool(domain), bool(convention))
    assert domain in text and convention in text
    test = doctest.DocTestParser().get_doctest(text, {op.name: op}, op.name, None, None)
    assert doctest.DocTestRunner().run(test) == (0, 1)


# ── the document ──────────────────────────────────────────────────────────────────────────────────

PAGE = "# Operations\r\n<!-- operations -->\n| old |\n<!-- /operations -->\nThe end, ∂.\n"


def test_a_page_gets_the_table_between_its_markers_and_keeps_the_rest(tmp_path):
    page = tmp_path / "page.md"
    page.write_bytes(PAGE.encode())
    update(page, "| new |")
    assert page.read_bytes().decode() == PAGE.replace("old", "new")
    update(page, "| new |")
    assert page.read_bytes().decode() == PAGE.replace("old", "new")
    assert [path.name for path in tmp_path.iterdir()] == ["page.md"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<!-- operations -->",
        "<!-- /operations -->\n<!-- operations -->",
        PAGE + "<!-- operations -->",
        PAGE + "<!-- /operations -->",
    ],
)
def test_a_page_needs_each_marker_once(tmp_path, text):
    page = tmp_path / "page.md"
    page.write_bytes(text.encode())
    with pytest.raises(FileError) as caught:
        update(page, "| new |")
    assert str(caught.value) == (
        f"'{page}' does not say where the table belongs. Put '<!-- operations -->' and '<!-- /operations -->' around "
        "its place, once."
    )
    assert page.read_bytes().decode() == text


def test_a_page_must_be_text_that_can_be_read(tmp_path):
    with pytest.raises(FileError, match=r"cannot be read: .*Give a Markdown document in UTF-8\.$"):
        update(tmp_path / "missing.md", "| new |")
    (tmp_path / "latin.md").write_bytes(b"\xe9")
    with pytest.raises(FileError, match=r"cannot be read: .*Give a Markdown document in UTF-8\.$"):
        update(tmp_path / "latin.md", "| new |")


# ── what users see of a Value, and of the package ─────────────────────────────────────────────────


def test_dir_shows_what_users_call():
    shown = {name for name in dir(Value) if not name.startswith("_")}
    methods = {name for op in ROWS if op.takes_one for name in (op.name, *op.aliases)}
    attributes = {"data", "grad", "name", "op", "operands", "partials", "backward", "forward", "named", "label"}
    assert shown == methods | attributes
    assert {"__add__", "__rmul__", "__abs__", "__neg__", "_repr_latex_"} <= set(dir(Value))
    assert dir(Value(1.0)) == dir(Value)


@pytest.fixture
def unread():
    """The version is looked up when it is first asked for."""
    vars(autograd).pop("__version__", None)
    yield
    vars(autograd).pop("__version__", None)


def test_the_version_is_the_installed_one(monkeypatch, unread):
    monkeypatch.setattr("importlib.metadata.version", {"chalkgrad": "1.2.3"}.__getitem__)
    assert "__version__" in dir(autograd)
    assert autograd.__version__ == "1.2.3"


def test_a_copy_that_is_not_installed_has_no_known_version(monkeypatch, unread):
    def missing(name):
        raise PackageNotFoundError(name)

    monkeypatch.setattr("importlib.metadata.version", missing)
    assert autograd.__version__ == "0+unknown"


def test_an_unknown_name_of_the_package_is_refused():
    with pytest.raises(AttributeError, match=r"^module 'autograd' has no attribute 'tahn'$"):
        autograd.tahn
