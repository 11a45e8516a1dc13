"""Gradients against ways of finding them that know nothing of the chain rule."""
