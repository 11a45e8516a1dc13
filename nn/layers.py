"""All layers by Keras' names, for programs that write `layers.Dense(3)` or `from nn.layers import Dense, Dropout`."""

from nn.activation_layers import ELU, Activation, Flatten, LeakyReLU, Maxout, PReLU, ReLU, Softmax
from nn.batchnorm import BatchNormalization
from nn.dense import Dense, Input, Layer, Neuron
from nn.dropout import Dropout

InputLayer = Input

__all__ = ["ELU", "Activation", "BatchNormalization", "Dense", "Dropout", "Flatten", "Input", "InputLayer", "Layer"]
__all__ += ["LeakyReLU", "Maxout", "Neuron", "PReLU", "ReLU", "Softmax"]
