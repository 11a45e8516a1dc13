"""The golden files: what each holds, and the command that makes them anew: `python -m tests.golden`.

Read the difference (`git diff tests/golden`) before you commit it: these texts are what users see.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import viz
from autograd import Value, steps
from tests import GOLDEN
from tests.autograd.passes.test_steps import lecture, logistic_regression, two_layers
from tests.viz.motion.test_page import data


def listing(make: Callable[[], Value], level: str) -> str:
    return f"{steps(make(), level=level)}\n"


def walk(make: Callable[[], Value], level: str) -> str:
    passes = steps(make(), level=level)
    return "".join(f"{passes.next()!r}\n" for _ in range(len(passes)))


def saved(ending: str) -> str:
    """The lecture's picture in a format of text."""
    with TemporaryDirectory() as folder:
        return viz.draw(lecture()).save(Path(folder) / f"J.{ending}").read_text("utf-8")


def circuit() -> str:
    """The lecture's picture as a circuit."""
    return viz.draw(lecture(), style="circuit").svg


def page() -> str:
    """The page's data, an entry a line."""
    return json_text(data(viz.page(lecture()))) + "\n"


def json_text(entries: dict[str, Any]) -> str:
    def text(value: Any) -> str:
        if not isinstance(value, list):
            return json.dumps(value, ensure_ascii=False)
        return "[\n  " + ",\n  ".join(json.dumps(entry, ensure_ascii=False) for entry in value) + "\n ]"

    return "{\n" + ",\n".join(f' "{key}": {text(value)}' for key, value in entries.items()) + "\n}"


PASSES = {
    "lecture": (lecture, "value"),
    "logistic-regression": (logistic_regression, "value"),
    "logistic-regression-named": (logistic_regression, "named"),
    "logistic-regression-scalar": (logistic_regression, "scalar"),
    "two-layers": (two_layers, "named"),
}
FILES: dict[str, Callable[[], str]] = {
    "lecture.page.json": page,
    "lecture-circuit.svg": circuit,
    **{f"lecture.{ending}": (lambda ending=ending: saved(ending)) for ending in ("dot", "mmd", "svg", "tex")},
    **{f"steps-{name}.txt": (lambda made=made: listing(*made)) for name, made in PASSES.items()},
    **{f"walk-{name}.txt": (lambda made=made: walk(*made)) for name, made in PASSES.items()},
}


def write(folder: Path = GOLDEN) -> None:
    """Make the files anew."""
    for name, make in FILES.items():
        (folder / name).write_text(make(), "utf-8", newline="\n")
