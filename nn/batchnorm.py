"""Batch normalisation: over a batch, each unit's numbers get mean 0 and variance 1, then a learned scale and shift."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograd import Value
from autograd.ops import dot, sqrt, sum
from nn.dense import flat_shape
from nn.errors import ModelError
from nn.module import Module, tensor
from nn.types import Operand, Sample, Seed, Tensor


class BatchNormalization(Module):
    """γⱼ · (xⱼ − μⱼ)/√(vⱼ + ε) + βⱼ: in training μ, v are the batch's mean and variance, else their running averages.

    In training the averages move: μ̄ ← momentum · μ̄ + (1 − momentum) · μ, and v̄ likewise (v divides by B,
    as in Keras). A frozen layer uses the averages and leaves them as they are.

    Args:
        momentum: how slowly the averages move, 0 ≤ momentum < 1.
        epsilon: ε.
        center, scale: whether β and γ are learned.
        name: what its parameters' names begin with.
        input_shape: of a sample, such as (2,), where it is the first layer.

    Raises:
        ModelError: called on a single sample in training; use `batch(rows, training=True)`.

    Example:
        >>> layer = BatchNormalization(epsilon=0.0)
        >>> [[x.data for x in row] for row in layer.batch([[1.0], [3.0]], training=True)]
        [[-1.0], [1.0]]
        >>> round(layer.moving_mean[0].data, 9)  # 0.99 · 0 + 0.01 · 2
        0.02

    Source: S. Ioffe, C. Szegedy (2015), Batch normalization, algorithm 1.
    """

    activation = "linear"

    def __init__(
        self,
        momentum: float = 0.99,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        trainable: bool = True,
        name: str = "",
        *,
        input_shape: Sequence[int] | None = None,
    ) -> None:
        if not 0 <= momentum < 1 or not epsilon >= 0:
            raise ModelError(
                f"BatchNormalization needs 0 ≤ momentum < 1 and epsilon ≥ 0, got {momentum!r} and {epsilon!r}. "
                "Leave them at 0.99 and 0.001."
            )
        self.momentum, self.epsilon, self.center, self.scale = momentum, epsilon, center, scale
        self.trainable, self.name = trainable, name
        self.inputs = None if input_shape is None else flat_shape(input_shape)[0]
        self.gamma: list[Value] = []
        self.beta: list[Value] = []
        self.moving_mean: list[Value] = []
        self.moving_variance: list[Value] = []
        self.statistics: tuple[list[Value], list[Value]] = [], []  # of the last batch in training

    def build(self, inputs: int, rng: Seed = None) -> None:
        super().build(inputs)
        if not self.moving_mean:
            self.gamma = [Value(1.0) for _ in range(inputs * self.scale)]
            self.beta = [Value(0.0) for _ in range(inputs * self.center)]
            self.moving_mean = [Value(0.0) for _ in range(inputs)]
            self.moving_variance = [Value(1.0) for _ in range(inputs)]
            self.label()

    def own(self) -> dict[str, Value]:
        gamma = {f"gamma{j + 1}": x for j, x in enumerate(self.gamma)}
        return gamma | {f"beta{j + 1}": x for j, x in enumerate(self.beta)}

    def label(self, prefix: str = "") -> None:
        super().label(prefix)
        for name, values in (("moving_mean", self.moving_mean), ("moving_variance", self.moving_variance)):
            for j, x in enumerate(values):
                x.name = f"{prefix}{name}{j + 1}"

    def tensors(self) -> dict[str, Tensor]:
        names = ("gamma", "beta", "moving_mean", "moving_variance")
        return {name: tensor(getattr(self, name)) for name in names if getattr(self, name)}

    def __call__(self, x: Sample, training: bool = False) -> list[Value]:
        row = self._row(x)
        if training and self.trainable:
            raise ModelError(
                f"{self._called()} needs a batch in training, got one sample. Call model.batch(rows, training=True)."
            )
        return self._normalised(row, self.moving_mean, self._deviations(self.moving_variance))

    def batch(self, rows: Sequence[Sample], training: bool = False) -> list[list[Value]]:
        if not training or not self.trainable:
            return super().batch(rows, training)
        samples = [self._row(x) for x in rows]
        columns = list(zip(*samples, strict=True))
        means = [sum(column) / len(column) for column in columns]
        errors = [[x - mean for x in column] for column, mean in zip(columns, means, strict=True)]
        variances = [dot(error, error) / len(error) for error in errors]
        self.statistics = means, variances
        self.absorb(*([getattr(x, "data", x) for x in numbers] for numbers in (means, variances)))
        deviations = self._deviations(variances)
        return [self._normalised(row, means, deviations) for row in samples]

    def absorb(self, means: Sequence[float], variances: Sequence[float]) -> None:
        """Move the running averages towards a batch's statistics."""
        for averages, news in ((self.moving_mean, means), (self.moving_variance, variances)):
            for average, new in zip(averages, news, strict=True):
                average.data = self.moved(average.data, new)

    def moved(self, average: Any, new: Any) -> Any:
        """What a running average becomes: momentum · average + (1 − momentum) · new."""
        return average * self.momentum + new * (1 - self.momentum)

    def _deviations(self, variances: Sequence[Value]) -> list[Value]:
        return [sqrt(v + self.epsilon) for v in variances]

    def _normalised(self, row: Sequence[Operand], means: Sequence[Value], deviations: Sequence[Value]) -> list[Value]:
        outputs = [(x - mean) / deviation for x, mean, deviation in zip(row, means, deviations, strict=True)]
        if self.scale:
            outputs = [x * gamma for x, gamma in zip(outputs, self.gamma, strict=True)]
        if self.center:
            outputs = [x + beta for x, beta in zip(outputs, self.beta, strict=True)]
        return outputs

    def __repr__(self) -> str:
        return f"BatchNormalization(momentum={self.momentum:g}, epsilon={self.epsilon:g})"


BatchNorm = BatchNormalization
