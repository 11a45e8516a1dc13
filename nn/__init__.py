"""Networks of scalar Values: layers, losses, optimisers, training."""

from nn import (
    activations,
    callbacks,
    datasets,
    initializers,
    layers,
    losses,
    metrics,
    models,
    ops,
    optimizers,
    playground,
    regularizers,
    schedules,
    utils,
)
from nn import ops as backend
from nn.activation_layers import ELU, Activation, Flatten, LeakyReLU, Maxout, PReLU, ReLU, Softmax
from nn.arriving import from_keras, from_torch
from nn.batchnorm import BatchNorm, BatchNormalization
from nn.callbacks import *  # noqa: F403  the callbacks, History and Record
from nn.dense import Dense, Input, Layer, Neuron
from nn.dropout import Dropout
from nn.errors import DataError, DivergenceError, ModelError, ModelWarning
from nn.linear_models import LinearRegression, LogisticRegression, Perceptron
from nn.module import Module
from nn.optimizers.rules import *  # noqa: F403  the optimisers
from nn.regularizers import L1, L1L2, L2
from nn.training.sequential import MLP, Sequential, load, model_from_json

__all__ = ["Activation", "BatchNorm", "BatchNormalization", "Dense", "Dropout", "Input", "Layer", "Maxout", "Neuron"]
__all__ += ["MLP", "LinearRegression", "LogisticRegression", "Module", "PReLU", "Perceptron", "Sequential", "Softmax"]
__all__ += ["L1", "L1L2", "L2", "DataError", "DivergenceError", "ModelError", "ModelWarning"]
__all__ += ["activations", "callbacks", "datasets", "initializers", "load", "losses", "metrics", "model_from_json"]
__all__ += ["optimizers", "playground", "regularizers", "schedules", *optimizers.rules.__all__, *callbacks.__all__]
__all__ += [
    "ELU",
    "Flatten",
    "LeakyReLU",
    "ReLU",
    "backend",
    "from_keras",
    "from_torch",
    "layers",
    "models",
    "ops",
    "utils",
]
