"""Pictures of steps as one Beamer frame: each card and arrow where it stands, `\\only<3-5>` as long as it looks so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from viz.formats import texletters as letters
from viz.formats import tikz as latex
from viz.shapes import Group, Picture

PREAMBLE = r"""\documentclass[aspectratio=169]{beamer}
%s\usepackage{amsmath}
\usepackage{fix-cm}
\usepackage{tikz}
\usefonttheme{serif}
\setbeamertemplate{navigation symbols}{}
%s\begin{document}
\begin{frame}
%% \frametitle{There is room for a title}
\centering
"""
WIDE, HIGH = 0.96, 0.78  # shares of the slide that a picture may fill below a title
SLIDE = 16 / 9


def document(pictures: Sequence[Picture]) -> str:
    """The steps, pictures of one size, as a document with one slide."""
    body, drawn = _overlaid(pictures)
    preamble = PREAMBLE % (letters.package(drawn), "".join(f"{line}\n" for line in letters.needs(body)))
    height = _height(pictures[0].width, pictures[0].height)
    picture = rf"\makebox[\textwidth][c]{{\resizebox{{!}}{{{height}}}{{%"
    return f"{preamble}{picture}\n{drawn}}}}}\n\\end{{frame}}\n\\end{{document}}\n"


def _height(width: float, height: float) -> str:
    """The height at which a picture fills a slide of 16 : 9 below its title, in Beamer's terms."""
    if width / height > WIDE * SLIDE / HIGH:
        return rf"{WIDE * height / width:.4f}\paperwidth"
    return rf"{HIGH}\paperheight"


def overlays(pictures: Sequence[Picture]) -> str:
    """The steps as one `tikzpicture` with overlays."""
    body, drawn = _overlaid(pictures)
    return "".join(f"{line}\n" for line in letters.needs(body)) + drawn


def _overlaid(pictures: Sequence[Picture]) -> tuple[list[str], str]:
    """The lines of all groups, and the `tikzpicture` that they stand in."""
    groups = tuple(group for picture in pictures for group in picture.groups)
    whole = replace(pictures[0], groups=groups)
    colours = latex.palette(whole)
    body = [line for key in _order(pictures) for line in _overlays(key, pictures, colours)]
    head = [*latex.opening(whole, colours), "% each card and arrow, and on which slides"]
    return body, "\n".join([*head, *body, r"\end{tikzpicture}"])


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
