"""Networks of scalar Values: layers, losses, optimisers, training."""

from nn import activations, initializers, losses, metrics, optimizers, regularizers, schedules
from nn.batchnorm import BatchNorm, BatchNormalization
from nn.dropout import Dropout
from nn.errors import DataError, DivergenceError, ModelError
from nn.layers import Activation, Dense, Layer, Maxout, Neuron, PReLU, Softmax
from nn.module import Module
from nn.optimizers import SGD, Adadelta, Adagrad, Adam, AdamW, Momentum, Nesterov, RMSprop
from nn.regularizers import L1, L1L2, L2
from nn.sequential import MLP, Sequential
from nn.training import EarlyStopping, History, Record

__all__ = [
    "L1",
    "L1L2",
    "L2",
    "MLP",
    "SGD",
    "Activation",
    "Adadelta",
    "Adagrad",
    "Adam",
    "AdamW",
    "DataError",
    "Dense",
    "DivergenceError",
    "Layer",
    "Maxout",
    "ModelError",
    "Module",
    "Momentum",
    "Nesterov",
    "Neuron",
    "PReLU",
    "RMSprop",
    "Sequential",
    "Softmax",
    "activations",
    "initializers",
    "losses",
    "optimizers",
    "regularizers",
    "schedules",
]
__all__ += ["BatchNorm", "BatchNormalization", "Dropout", "EarlyStopping", "History", "Record", "metrics"]
