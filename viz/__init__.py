"""Pictures of computation graphs: one card a quantity, values forward, gradients back."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from viz.drawing import Drawing
from viz.motion.frames import Frame, Frames, frames
from viz.motion.page import Page, page
from viz.networks.diagram import network
from viz.networks.style import NetworkStyle
from viz.pictures import draw, draw_backward, draw_exercise, draw_forward
from viz.theme import THEMES, Paint, Theme

if TYPE_CHECKING:
    from viz import descent as descent
    from viz import plots as plots
    from viz.descent import SURFACES, descend
    from viz.playgrounds import Playground, playground

__all__ = [
    "SURFACES", "THEMES", "Drawing", "Frame", "Frames", "NetworkStyle", "Page", "Paint", "Playground", "Theme",
    "descend", "draw", "draw_backward", "draw_exercise", "draw_forward", "frames", "network", "page", "playground",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """What needs NumPy is imported when it is first asked for: a picture does not."""
    if name in ("descent", "plots"):
        return import_module(f"viz.{name}")
    if name in ("SURFACES", "descend"):
        return getattr(import_module("viz.descent"), name)
    if name in ("Playground", "playground"):
        return getattr(import_module("viz.playgrounds"), name)
    raise AttributeError(f"module 'viz' has no attribute {name!r}")
