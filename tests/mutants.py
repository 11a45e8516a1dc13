"""Would the tests notice? Make one wrong change at a time, and run the tests that touch it.

    python -m tests.mutants autograd/verify                 every change, with the tests of that room
    python -m tests.mutants autograd/core --sample 200      a random choice of them, the same in each run

A change is made in the syntax tree while the module is imported, in a forked process, so that what runs at
import (the table's rows, generated operators) is changed too; files stay as they are. A change that no test
notices must be explained in `docs/mutants.md`, or the exit status is 1.
"""

from __future__ import annotations

import argparse
import ast
import importlib.abc
import importlib.machinery
import importlib.util
import os
import random
import re
import resource
import signal
import sys
import tempfile
import threading
import time
import traceback
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from json import dumps, loads
from pathlib import Path

ROOT = Path(__file__).parents[1]
EXPLAINED = ROOT / "docs" / "mutants.md"
SWAPS: dict[type, type] = {
    **{ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq},
    **{ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.And: ast.Or, ast.Or: ast.And},
    **{ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult},
    **{ast.Mod: ast.Mult, ast.Pow: ast.Mult, ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr},
}
NAMES = {"min": "max", "max": "min", "any": "all", "all": "any"}


@dataclass(frozen=True)
class Mutant:
    """One wrong change of one file."""

    path: str
    number: int  # of the change, in the order of `changes`
    line: int
    place: str  # the function, or "module"
    text: str  # before → after, with a number if the function has several of them

    @property
    def key(self) -> tuple[str, str, str]:
        """What identifies it while lines move."""
        return self.path, self.place, self.text


# ── wrong changes ─────────────────────────────────────────────────────────────────────────────────


def changes(node: ast.AST, parent: ast.AST) -> Iterator[ast.AST]:
    """What a careless hand might write in a node's place."""

    def copy(**fields: object) -> ast.AST:
        fresh = deepcopy(node)
        for name, value in fields.items():
            setattr(fresh, name, value)
        return fresh

    match node:
        case ast.Compare(ops=ops):
            for i, op in enumerate(ops):
                yield copy(ops=[*ops[:i], SWAPS[type(op)](), *ops[i + 1 :]])
        case ast.BoolOp(op=op) | ast.BinOp(op=op) | ast.AugAssign(op=op) if type(op) in SWAPS:
            yield copy(op=SWAPS[type(op)]())
        case ast.UnaryOp(op=ast.Not() | ast.USub()):
            yield deepcopy(node.operand)
        case ast.IfExp() | ast.If() | ast.While():
            yield copy(test=ast.UnaryOp(ast.Not(), deepcopy(node.test)))
        case ast.Constant(value=bool(value)):
            yield copy(value=not value)
        case ast.Constant(value=int(value) | float(value)):
            yield copy(value=2 * value if isinstance(value, float) and value else value + 1)
        case ast.Constant(value=str(value)) if value and not isinstance(parent, ast.Expr):
            yield copy(value=f"{value}!")
        case ast.Return(value=ast.expr() as value) if ast.unparse(value) != "None":
            yield copy(value=ast.Constant(None))
        case ast.Expr(value=ast.Call()) | ast.Continue() | ast.Break():
            yield ast.Pass()
        case ast.Name(id=name) if name in NAMES:
            yield copy(id=NAMES[name])


SKIPPED = {"annotation", "returns", "type_comment"}  # what only a type checker reads


Site = tuple[ast.AST, str, int | None, ast.AST, str]  # parent, field, index in the field, node, function


def sites(tree: ast.AST) -> Iterator[Site]:
    """Each place of the tree whose node can stand otherwise."""
    stack: list[tuple[ast.AST, str]] = [(tree, "module")]
    while stack:
        parent, place = stack.pop()
        inner = place
        if isinstance(parent, ast.FunctionDef | ast.ClassDef):
            inner = parent.name if place == "module" else f"{place}.{parent.name}"
        if isinstance(parent, ast.If) and "TYPE_CHECKING" in ast.unparse(parent.test):
            continue
        skipped = SKIPPED
        if isinstance(parent, ast.Call) and ast.unparse(parent.func) == "zip":
            skipped = {*SKIPPED, "keywords"}  # strict=True is an assertion
        below = []
        for field, value in ast.iter_fields(parent):
            for i, node in enumerate(value) if isinstance(value, list) else [(None, value)]:
                if isinstance(node, ast.AST) and field not in skipped:
                    yield parent, field, i, node, inner
                    below.append((node, inner))
        stack += reversed(below)


def mutations(tree: ast.AST) -> Iterator[tuple[Callable[[ast.AST], None], Site, ast.AST]]:
    """Each wrong change: a function that puts a node into the place, the place, and the changed node."""
    for site in list(sites(tree)):
        parent, field, i, node, _ = site

        def put(new: ast.AST, parent: ast.AST = parent, field: str = field, i: int | None = i) -> None:
            if i is None:
                setattr(parent, field, new)
            else:
                getattr(parent, field)[i] = new

        for changed in changes(node, parent):
            yield put, site, ast.copy_location(changed, node)


def shown(node: ast.AST) -> str:
    """A node in a few words: a statement by its head."""
    text = ast.unparse(ast.fix_missing_locations(node)).splitlines()[0]
    return text if len(text) <= 90 else text[:89] + "…"


def mutants(path: str) -> list[Mutant]:
    """All wrong changes of a file."""
    met: Counter[tuple[str, str]] = Counter()
    made = []
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    for number, (put, (parent, _, _, node, place), changed) in enumerate(mutations(tree)):
        before, after = shown(node), shown(changed)
        if isinstance(node, ast.Constant | ast.Name):  # alone they say little
            whole = shown(parent)
            put(changed)
            if shown(parent) != whole:
                before, after = whole, shown(parent)
            put(node)
        text = f"{before} → {after}"
        met[place, text] += 1
        count = f" ({met[place, text]})" if met[place, text] > 1 else ""
        made.append(Mutant(path, number, getattr(node, "lineno", 0), place, text + count))
    return made


def mutated(mutant: Mutant) -> ast.Module:
    tree = ast.parse((ROOT / mutant.path).read_text("utf-8"))
    for number, (put, _, changed) in enumerate(mutations(tree)):
        if number == mutant.number:
            put(changed)
            break
    return ast.fix_missing_locations(tree)


class Importer(importlib.abc.MetaPathFinder, importlib.machinery.SourceFileLoader):
    """Imports the one module from its changed tree."""

    def __init__(self, mutant: Mutant) -> None:
        name = ".".join(Path(mutant.path).with_suffix("").parts).removesuffix(".__init__")
        super().__init__(name, str(ROOT / mutant.path))
        self.tree = mutated(mutant)

    def find_spec(self, fullname, path=None, target=None):  # type: ignore[no-untyped-def]
        if fullname == self.name:
            return importlib.util.spec_from_file_location(fullname, self.path, loader=self)
        return None

    def get_code(self, fullname):  # type: ignore[no-untyped-def]
        return compile(self.tree, self.path, "exec", dont_inherit=True)


# ── running tests ─────────────────────────────────────────────────────────────────────────────────


class Watch:
    """A pytest plugin: which lines of the files each test runs, and how long it takes."""

    def __init__(self, paths: list[str]) -> None:
        self.paths = {str(ROOT / path): path for path in paths}
        self.now: str | None = ""  # the test, or "" while modules are imported
        self.lines: dict[str, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
        self.seconds: dict[str, float] = {}

    def trace(self, frame, event, argument):  # type: ignore[no-untyped-def]
        path = self.paths.get(frame.f_code.co_filename)
        if path is None:
            return None
        seen = self.lines[self.now or ""][path]

        def local(frame, event, argument):  # type: ignore[no-untyped-def]
            seen.add(frame.f_lineno)
            return local

        return local(frame, event, argument)

    def pytest_runtest_logstart(self, nodeid):  # type: ignore[no-untyped-def]
        self.now = nodeid

    def pytest_runtest_logfinish(self, nodeid):  # type: ignore[no-untyped-def]
        self.now = ""

    def pytest_runtest_logreport(self, report):  # type: ignore[no-untyped-def]
        self.seconds[report.nodeid] = self.seconds.get(report.nodeid, 0) + report.duration


class Choose:
    """A pytest plugin: only these tests, in this order."""

    def __init__(self, tests: list[str]) -> None:
        self.places = {test: place for place, test in enumerate(tests)}

    def pytest_collection_modifyitems(self, items):  # type: ignore[no-untyped-def]
        items[:] = sorted((x for x in items if x.nodeid in self.places), key=lambda x: self.places[x.nodeid])


def run_pytest(tests: list[str], *plugins: object) -> int:
    import pytest

    options = ["-q", "-x", "-n", "0", "-p", "no:cacheprovider", "--hypothesis-profile=mutants", "--tb=short"]
    options += ["--assert=plain"]  # or pytest loads a file that it is given by a loader of its own
    options += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]  # hypothesis is imported once, before forking
    return int(pytest.main([*options, *tests], plugins=list(plugins)))


def forked(work: Callable[[], int], seconds: float, output: str = os.devnull) -> int:
    """Do work in a child of this process, its output in a file and no longer than this; returns its id."""
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        written = os.open(output, os.O_RDWR | os.O_CREAT)
        for stream in (0, 1, 2):
            os.dup2(written, stream)
        os.setpgid(0, 0)
        resource.setrlimit(resource.RLIMIT_DATA, (4 << 30, 4 << 30))
        signal.alarm(int(seconds) + 1)
        status = work()
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


@dataclass(frozen=True)
class Runs:
    """What each test ran: test → path → lines, "" for what ran at import; and how long it took, the quickest first."""

    lines: dict[str, dict[str, set[int]]]
    seconds: dict[str, float]


def baseline(paths: list[str], tests: list[str], folder: Path) -> Runs:
    """The tests on the files as they are."""

    def work() -> int:
        watch = Watch(paths)
        sys.settrace(watch.trace)
        threading.settrace(watch.trace)
        status = run_pytest(tests, watch)
        sys.settrace(None)
        lines = {test: {path: sorted(n) for path, n in files.items()} for test, files in watch.lines.items()}
        (folder / "lines.json").write_text(dumps([lines, watch.seconds]))
        return status

    _, status = os.waitpid(forked(work, 3600, str(folder / "output")), 0)
    if status:
        raise SystemExit(f"The tests do not pass as they are:\n{(folder / 'output').read_text()[-3000:]}")
    lines, seconds = loads((folder / "lines.json").read_text())
    ordered = {test: seconds[test] for test in sorted(seconds, key=seconds.__getitem__)}
    return Runs({test: {path: set(n) for path, n in lines.get(test, {}).items()} for test in ["", *ordered]}, ordered)


def chosen(mutant: Mutant, runs: Runs) -> list[list[str]]:
    """The tests that run the changed line; those of the readiest file first.

    All of them if the line runs at import, or so rarely that the result may be kept for later tests, as a cache does.
    """
    touching = [test for test in runs.seconds if mutant.line in runs.lines[test].get(mutant.path, ())]
    shared = mutant.line in runs.lines[""].get(mutant.path, ()) or len(touching) < 4
    rest = [test for test in runs.seconds if shared and test not in set(touching)]
    by_file: dict[str, list[str]] = defaultdict(list)
    for test in touching or rest:
        by_file[test.split("::")[0]].append(test)
    if not by_file:
        return []
    first = max(by_file.values(), key=lambda own: len(own) / (0.5 + sum(runs.seconds[test] for test in own)))
    return [part for part in (first, [test for test in touching + rest if test not in set(first)]) if part]


def survivors(todo: list[Mutant], runs: Runs, jobs: int) -> list[Mutant]:
    """The changes that no test notices, told as they are seen."""
    alive: list[Mutant] = []
    running: dict[int, tuple[Mutant, list[list[str]]]] = {}
    begun, done = time.monotonic(), 0
    queue = [(mutant, chosen(mutant, runs)) for mutant in reversed(todo)]
    while queue or running:
        while queue and len(running) < jobs:
            mutant, parts = queue.pop()
            if parts:
                running[forked(lambda: notice(mutant, parts[0]), 120)] = mutant, parts[1:]  # noqa: B023
                continue
            alive.append(mutant)
            print(f"survived  {mutant.path}:{mutant.line} {mutant.place}: {mutant.text}", flush=True)
            done += 1
        if not running:
            break
        pid, status = os.wait()
        mutant, parts = running.pop(pid)
        if status == 0:
            queue.append((mutant, parts))
            continue
        done += 1
        if done % 50 == 0:
            print(f"… {done} of {len(todo)} in {time.monotonic() - begun:.0f} s, {len(alive)} alive", flush=True)
    return alive


def notice(mutant: Mutant, tests: list[str]) -> int:
    """The exit status of pytest on these tests, with the change: 0 if all of them pass."""
    sys.meta_path.insert(0, Importer(mutant))
    return run_pytest(sorted({test.split("::")[0] for test in tests}), Choose(tests))


# ── the command ───────────────────────────────────────────────────────────────────────────────────


def explained() -> dict[tuple[str, str, str], str]:
    """The rows of docs/mutants.md: (file, function, change) → reason."""
    text = EXPLAINED.read_text("utf-8") if EXPLAINED.exists() else ""
    rows = re.findall(r"^\| `(.+?)` \| `(.+?)` \| `(.+)` \| (.+?) \|$", text, re.MULTILINE)
    return {(path, place, change.replace(r"\|", "|")): reason for path, place, change, reason in rows}


def files(rooms: list[str]) -> list[str]:
    found = []
    for room in rooms:
        path = ROOT / room
        found += sorted(path.rglob("*.py")) if path.is_dir() else [path]
    return [path.relative_to(ROOT).as_posix() for path in found]


def preload(paths: list[str]) -> None:
    """Import once, before forking, what no change can reach."""
    names = {".".join(Path(path).with_suffix("").parts).removesuffix(".__init__") for path in paths}
    for module in ("numpy", "sympy", "pytest", "autograd"):

        def reached(module: str = module) -> int:
            importlib.import_module(module)
            return int(bool(names & sys.modules.keys()))

        if os.waitpid(forked(reached, 60), 0)[1] == 0:
            importlib.import_module(module)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__.splitlines()[0])
    parser.add_argument("rooms", nargs="+", help="folders or files to change, such as autograd/verify")
    parser.add_argument("--tests", nargs="+", help="what to run; by default the room's doctests and tests/<room>")
    parser.add_argument("--sample", type=int, help="how many changes to try; by default all")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    given = parser.parse_args(arguments)
    from hypothesis import settings

    settings.register_profile("mutants", deadline=None, max_examples=20, derandomize=True, database=None)
    os.chdir(ROOT)
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    paths = files(given.rooms)
    mirrored = [place for room in given.rooms for place in (room, f"tests/{room}") if (ROOT / place).exists()]
    tests = given.tests or mirrored
    preload(paths)
    with tempfile.TemporaryDirectory() as folder:
        runs = baseline(paths, tests, Path(folder))
    todo = [mutant for path in paths for mutant in mutants(path)]
    if given.sample and given.sample < len(todo):
        todo = random.Random(given.seed).sample(todo, given.sample)
    alive = survivors(todo, runs, given.jobs)
    known = explained()
    unexplained = [mutant for mutant in alive if mutant.key not in known]
    killed = len(todo) - len(alive)
    print(f"{killed} of {len(todo)} changes noticed ({100 * killed / max(len(todo), 1):.1f} %), {len(alive)} not:")
    print(f"{len(alive) - len(unexplained)} explained in docs/mutants.md, {len(unexplained)} not explained.")
    for path, place, text in (mutant.key for mutant in unexplained):
        print(f"| `{path}` | `{place}` | `{text.replace('|', chr(92) + '|')}` |  |")
    return bool(unexplained)


if __name__ == "__main__":
    sys.exit(main())
