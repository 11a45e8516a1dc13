"""Optimisers: what one is (`base`), and a class for each (`rules`)."""

from nn import schedules
from nn.optimizers import rules
from nn.optimizers.base import Optimizer, State
from nn.optimizers.rules import *  # noqa: F403  the classes
from nn.optimizers.rules import OPTIMIZERS, get

__all__ = ["OPTIMIZERS", "Optimizer", "State", "get", "schedules"]
__all__ += rules.__all__
