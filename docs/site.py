"""The site as a folder of plain Markdown and pictures, which any static generator turns into pages."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath as Place

from docs import ROOT, plan, reference, tutorials
from viz.commands.passes import markdown

PACKAGES = tuple(reference.BESIDE)
PICTURES = {".svg", ".png", ".gif", ".html"}
LINK = re.compile(r"(!?)\[([^\[\]]*(?:\[[^\]]*\][^\[\]]*)*)\]\(([^)\s]+)\)")
MOVED = {"README.md": "index.md", "examples": "tutorials.md", "examples/gallery": "gallery.md"}  # repository to site
PARTS: dict[str, dict[str, Callable[[], str]]] = {  # what stands between <!-- name --> and <!-- /name --> of a page
    "docs/operations.md": {"operations": markdown},
    "docs/tutorials.md": {"tutorials": tutorials.listing},
    "docs/gallery.md": {"pictures": tutorials.gallery},
    "docs/architecture.md": {"tree": plan.tree},
    "docs/lecturer.md": {"levels": reference.levels, "formats": reference.formats},
    "docs/playground.md": {"questions": reference.questions, "controls": reference.controls},
    "docs/training.md": {"optimisers": reference.optimisers},
}
LAYERS = ROOT / "docs" / "layers.svg"


def pages() -> dict[str, str]:
    """The pages that stand in the repository, by their place there: the place of each in the site."""
    written = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"]
    written += sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md"))
    return {place: MOVED.get(place, Place(place).name.lower()) for place in written}


def places() -> dict[str, str]:
    """Everything in the repository that the site has too, by its place there: the place of each in the site."""
    drawn = [ROOT / "benchmarks" / "growth.svg", LAYERS, *sorted((ROOT / "examples" / "gallery").iterdir())]
    pictures = {path.relative_to(ROOT).as_posix(): f"pictures/{path.name}" for path in drawn if path.suffix in PICTURES}
    lessons = {f"examples/{path.name}": f"tutorials/{path.stem}.md" for path in tutorials.examples()}
    return {**MOVED, **pages(), **pictures, **lessons}


def files() -> Iterator[tuple[str, bytes]]:
    """Every file of the site: its place and its content."""
    known = places()
    for place, target in pages().items():
        yield target, turned((ROOT / place).read_text(encoding="utf-8"), place, target, known).encode()
    for path in tutorials.examples():
        text, pictures = tutorials.page(path)
        yield f"tutorials/{path.stem}.md", text.encode()
        yield from ((f"tutorials/{name}", data) for name, data in pictures.items())
    for package in PACKAGES:
        yield f"reference/{package}.md", reference.page(package).encode()
    pictures = [(place, target) for place, target in known.items() if target.startswith("pictures/")]
    yield from ((target, (ROOT / place).read_bytes()) for place, target in pictures)


def turned(text: str, place: str, target: str, known: dict[str, str]) -> str:
    """A page's links, from the repository's places to the site's; a link to source code becomes its text.

    Example:
        >>> turned("[a](docs/a.md#b), [b](autograd/ops.py)", "README.md", "index.md", {"docs/a.md": "a.md"})
        '[a](a.md#b), b'
    """

    def link(match: re.Match[str]) -> str:
        mark, label, address = match.groups()
        if re.match(r"\w+:|#", address):
            return match[0]
        path, hash, anchor = address.partition("#")
        goal = posixpath.normpath(posixpath.join(posixpath.dirname(place), path))
        if goal not in known:
            return label
        return f"{mark}[{label}]({posixpath.relpath(known[goal], posixpath.dirname(target))}{hash}{anchor})"

    return LINK.sub(link, text)


def refreshed() -> Iterator[tuple[str, str]]:
    """Files of the repository that hold what follows from the code: the place and the content of each."""
    for place, parts in PARTS.items():
        text = (ROOT / place).read_text(encoding="utf-8")
        for name, content in parts.items():
            before, after = text.partition(f"<!-- {name} -->")[0], text.partition(f"<!-- /{name} -->")[2]
            text = f"{before}<!-- {name} -->\n{content()}\n<!-- /{name} -->{after}"
        yield place, text
    yield LAYERS.relative_to(ROOT).as_posix(), plan.layers()
