"""Pictures of steps as one Beamer frame: each card and arrow where it stands, `\\only<3-5>` as long as it looks so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from viz.formats import tikz as latex
from viz.shapes import Group, Picture

PREAMBLE = rf"""\documentclass[aspectratio=169]{{beamer}}
\usepackage{{amsmath}}
\usepackage{{fix-cm}}
\usepackage{{tikz}}
\setbeamertemplate{{navigation symbols}}{{}}
{latex.OTHER}
\begin{{document}}
\begin{{frame}}
\centering
"""


def document(pictures: Sequence[Picture]) -> str:
    """The steps, pictures of one size, as a document with one slide."""
    width, height = pictures[0].width, pictures[0].height
    picture = overlays(pictures).replace(latex.OTHER + "%\n", "")
    return (
        f"{PREAMBLE}\\resizebox{{!}}{{{_height(width, height)}}}{{%\n{picture}}}\n\\end{{frame}}\n\\end{{document}}\n"
    )


def _height(width: float, height: float) -> str:
    """The height at which a picture fills the text area of a slide of 16 : 9, in its own terms."""
    return rf"{0.98 * height / width:.4f}\textwidth" if width / height > 1.8 else r"0.9\textheight"


def overlays(pictures: Sequence[Picture]) -> str:
    """The steps as one `tikzpicture` with overlays."""
    whole = Picture(
        pictures[0].width, pictures[0].height, tuple(g for p in pictures for g in p.groups), "", pictures[0].background
    )
    head, _, _ = latex.tikzpicture(whole).partition("% ")
    colours = latex.palette(whole)
    body = [line for key in _order(pictures) for line in _overlays(key, pictures, colours)]
    head = head.replace("\n", "%\n")  # outside of the picture, the end of a line would be a space
    return "\n".join([head + "% each card and arrow, and on which slides", *body, r"\end{tikzpicture}"])


Key = tuple[str, str]  # a group's kind and id


def _order(pictures: Sequence[Picture]) -> list[Key]:
    """All groups, in the order in which they are drawn: arrows, cards, sentences."""
    rank = {"forward": 0, "backward": 1}
    keys = dict.fromkeys((g.kind, g.id) for p in pictures for g in p.groups)
    return sorted(keys, key=lambda key: rank.get(key[0], 2))


def _overlays(key: Key, pictures: Sequence[Picture], colours: Mapping[str, str]) -> Iterator[str]:
    """A group's looks, each with the slides that it is seen on."""
    looks: list[Group | None] = [next((g for g in p.groups if (g.kind, g.id) == key), None) for p in pictures]
    at = 1
    for look, run in groupby(looks):
        until = at + len(list(run)) - 1
        if look is not None:
            slides = f"{at}" if at == until else f"{at}-{until}"
            yield rf"\only<{slides}>{{%"
            yield from latex.group_lines(look, colours)
            yield "}"
        at = until + 1
