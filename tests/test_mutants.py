"""The search for wrong changes finds them, and what docs/mutants.md explains is still there."""

import ast

import pytest

from tests.mutants import explained, mutants, mutations


def changed(text):
    """All wrong changes of a text."""
    found = []
    tree = ast.parse(text)
    for put, (_, _, _, node, _), new in mutations(tree):
        put(new)
        found.append(ast.unparse(ast.fix_missing_locations(tree)))
        put(node)
    return found


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("a < b", ["a <= b"]),
        ("a < b >= c", ["a <= b >= c", "a < b > c"]),
        ("a and b", ["a or b"]),
        ("a + b", ["a - b"]),
        ("a += b", ["a -= b"]),
        ("not a", ["a"]),
        ("-a", ["a"]),
        ("a if b else c", ["a if not b else c"]),
        ("a = 3", ["a = 4"]),
        ("a = 0.5", ["a = 1.0"]),
        ("a = 0.0", ["a = 1.0"]),
        ("a = True", ["a = False"]),
        ("a = 'b'", ["a = 'b!'"]),
        ("a = ''", []),
        ("'A docstring.'", []),
        ("a(b)", ["pass"]),
        ("a = min(b)", ["a = max(b)"]),
        ("def f(x: 'int') -> 'int':\n    return x", ["def f(x: 'int') -> 'int':\n    return None"]),
        ("def f():\n    return None", []),
        ("a = zip(b, strict=True)", []),
        ("if TYPE_CHECKING:\n    a = 3", ["if not TYPE_CHECKING:\n    a = 3"]),
    ],
)
def test_wrong_changes(text, wrong):
    assert changed(text) == wrong


def test_every_explained_change_can_still_be_made():
    rows = explained()
    there = {mutant.key for path in {path for path, _, _ in rows} for mutant in mutants(path)}
    assert rows and not rows.keys() - there
    assert all(reason.strip() for reason in rows.values())
