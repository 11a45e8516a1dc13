"""Callbacks: what happens while a model is trained, each one class with Keras' arguments; and how they are called."""

from nn.callbacks import files, kinds
from nn.callbacks.base import Callback, History, Record
from nn.callbacks.files import *  # noqa: F403
from nn.callbacks.kinds import *  # noqa: F403

__all__ = ["Callback", "History", "Record", *kinds.__all__, *files.__all__]
