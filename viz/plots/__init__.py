"""Plots for lectures with matplotlib: activations, losses, decision regions, and what happens inside networks.

Each function draws on `ax=` (by default on a new slide) and returns what it drew on.
"""

from viz.plots.curves import activation, activations, formula, image, losses
from viz.plots.depth import activation_histograms, gradient_norms, layer_gradients, unit_activations, weights
from viz.plots.maps import boundaries, boundary, neurons
from viz.plots.slide import save

__all__ = [
    "activation", "activation_histograms", "activations", "boundaries", "boundary", "formula", "gradient_norms",
    "image", "layer_gradients", "losses", "neurons", "save", "unit_activations", "weights",
]  # fmt: skip
