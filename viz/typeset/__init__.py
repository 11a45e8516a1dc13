"""Mathematics set as TeX sets it: the LaTeX that formulas are written in, as glyphs and rules at their places."""

from viz.typeset.boxes import Box, Glyphs, Rule
from viz.typeset.latex import typeset

__all__ = ["Box", "Glyphs", "Rule", "typeset"]
