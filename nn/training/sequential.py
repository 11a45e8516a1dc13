"""Layers one after another, with Keras' front: add, compile, fit, evaluate, predict."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from typing import Any

import autograd
from autograd import Value
from nn import initializers, losses, optimizers
from nn.errors import ModelError
from nn.export.portable import Portable
from nn.layers import Dense, Input
from nn.metrics import Metric, several
from nn.module import Module, whole_number
from nn.training import progress
from nn.training.loop import History, Record, Trainer, examples, measured, samples, split


class Table(str):
    """Text that a REPL or a notebook shows as it is printed."""

    def __repr__(self) -> str:
        return str(self)


class Sequential(Portable, Module):
    """A model whose layers are applied one after another.

    Args:
        layers: the layers in their order; more come by `add`.
        name: its name.
        rng: a seed or generator: all of its randomness, in weights, shuffling and dropout, comes from there.

    Attributes:
        layers: the list of them.

    Example:
        >>> model = Sequential([Dense(3, input_dim=2, activation="sigmoid"), Dense(1)], rng=0)
        >>> len(model([1.0, 2.0])), model.count
        (1, 13)
        >>> list(model.named_parameters())[:3]
        ['layer1.neuron1.w0', 'layer1.neuron1.w1', 'layer1.neuron1.b']
    """

    def __init__(self, layers: Iterable[Module | Input] = (), name: str = "", rng: Any = None) -> None:
        self.layers: list[Module] = []
        self.name = name
        self.rng = initializers.generator(rng)
        self.metrics: tuple[Metric, ...] = ()
        self.backend = "numpy"
        self._loss: losses.Loss | None = None
        self._state: optimizers.State | None = None
        self._remembered: Sequence[Value] = ()  # what the state is about
        self._predictor: Any = None
        for layer in layers:
            self.add(layer)

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"_predictor": None}  # a copy compiles its own

    def add(self, layer: Module | Input) -> None:
        """Put a layer behind the others; `Input(shape=(2,))` before them says what the model takes.

        Raises:
            ModelError: it is no layer, is there already, or has another's name.
            ShapeError: it takes another number of inputs than the layer before it gives.
        """
        if isinstance(layer, Input):
            if self.layers:
                raise ModelError("An Input is said first, before the layers. Add it to an empty model.")
            self.inputs = layer.shape[0]
            return
        if not isinstance(layer, Module):
            raise ModelError(f"A layer must be a Module, as Dense(3), got {layer!r}. Make a layer of it.")
        if any(layer is other for other in self.layers):
            raise ModelError(f"{layer!r} is in the model already. Make a new layer.")
        layer.name = layer.name or f"layer{len(self.layers) + 1}"
        if layer.name in self.children():
            raise ModelError(f"The model has a layer {layer.name!r} already. Give another name.")
        self.layers.append(layer)
        self._predictor = None
        first = self.layers[0].inputs if self.inputs is None else self.inputs
        if first is not None:
            try:
                self.build(first)
            except Exception:
                self.layers.pop()
                raise

    def build(self, inputs: int, rng: Any = None) -> None:
        """Build the layers one by one, each with the units of the one before it."""
        self._settle(inputs)
        width = inputs
        for layer in self.layers:
            layer.build(width, self.rng if rng is None else rng)
            assert layer.units is not None
            width = layer.units
        self.inputs, self.units = inputs, width
        self.label()

    def children(self) -> dict[str, Module]:
        return {layer.name: layer for layer in self.layers}

    def __call__(self, x: Sequence[Any], training: bool = False) -> list[Value]:
        """The outputs for one sample: always a list."""
        row = self._row(x)
        for layer in self._some_layers():
            row = layer(row, training)
        return row

    def batch(self, rows: Sequence[Sequence[Any]], training: bool = False) -> list[list[Value]]:
        """The outputs for each of some samples; in training, batch normalisation takes its statistics from them."""
        found = [self._row(x) for x in rows]
        for layer in self._some_layers():
            found = layer.batch(found, training)
        return found

    def _some_layers(self) -> list[Module]:
        if not self.layers:
            raise ModelError("The model has no layers. Add one, as model.add(Dense(1, input_dim=2)).")
        return self.layers

    # ── Keras' front ──────────────────────────────────────────────────────────────────────────────

    def compile(self, optimizer: Any = "rmsprop", loss: Any = None, metrics: Any = (), backend: str = "numpy") -> None:
        """Say how the model is trained.

        Args:
            optimizer: a name with Keras' defaults, as "adam", or an optimiser.
            loss: a name, as "binary_crossentropy", or a function of (y, p) of one example.
            metrics: a list of names, as ["accuracy", "mae"], or of functions of arrays (y, p).
            backend: "numpy", "native" or "jax", as for `autograd.compile`.

        Raises:
            ModelError: an unknown name.
        """
        if loss is None:
            raise ModelError("A loss is needed to train. Give loss='mse', or loss='binary_crossentropy'.")
        found = losses.get(loss)
        self.metrics = several(metrics, found) if metrics else ()
        self.optimizer, self._state = optimizers.get(optimizer), None
        self._loss, self.backend = found, backend

    @property
    def loss(self) -> losses.Loss:
        """The loss that `compile` was given."""
        if self._loss is None:
            raise ModelError("The model is not compiled. Call model.compile(optimizer=…, loss=…) first.")
        return self._loss

    def fit(
        self,
        x: Any,
        y: Any,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: Any = "auto",
        callbacks: Any = (),
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: bool = True,
        rng: Any = None,
    ) -> History:
        """Train: for each epoch, for each batch of examples a step along the gradient of their mean loss.

        Ctrl-C ends it as if it were over: the weights stay, the history says "interrupted".

        Args:
            x: inputs (n, inputs), finite.
            y: targets (n,) or (n, units), as the loss needs them.
            batch_size: examples a step, at most n; by default 32, or all if there are fewer.
            epochs: how often all examples are gone through.
            verbose: 0 nothing, 1 a progress bar (extra `progress`), 2 a line an epoch; "auto" the bar in a
                terminal, if it is installed.
            callbacks: one or a list; each gets every epoch's `Record`; what is not empty that it returns ends the
                training. `EarlyStopping()` is one.
            validation_split: the share of rows, the last ones, that is only measured.
            validation_data: a pair (x, y) to measure instead.
            shuffle: whether each epoch has its own order.
            rng: a seed or generator for order and dropout; by default the model's own.

        Returns:
            A `History`; its `history["loss"]` has an entry for each epoch.

        Raises:
            ModelError: not compiled, or nothing to train. ShapeError, DataError: poor data.
            DivergenceError: the loss became inf or nan; the weights are those before that step.

        Example:
            >>> model = Sequential([Dense(1, input_dim=1)], rng=0)
            >>> model.compile("sgd", loss="mse")
            >>> history = model.fit([[0.0], [1.0], [2.0]], [1.0, 3.0, 5.0], epochs=500)
            >>> history.history["loss"][-1] < 1e-3
            True
        """
        callbacks = callbacks if isinstance(callbacks, list | tuple) else [callbacks] if callbacks else []
        listeners = [*callbacks, *progress.listeners(verbose, epochs)]
        for listener in listeners:
            getattr(listener, "start", int)()
        records = self.train(
            x, y, batch_size, epochs, validation_split, validation_data, shuffle, rng, watched=bool(callbacks)
        )
        history = History()
        try:
            for record in records:
                history.add(record)
                words = [listener(record) for listener in listeners]
                history.stopped = "; ".join(str(word) for word in words if word)
                if history.stopped:
                    break
        except KeyboardInterrupt:
            history.stopped = "interrupted"
        finally:
            records.close()
            for listener in listeners:
                getattr(listener, "finish", bool)(self)
        return history

    def train(
        self,
        x: Any,
        y: Any,
        batch_size: int | None = None,
        epochs: int = 1,
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: bool = True,
        rng: Any = None,
        watched: bool = True,
    ) -> Generator[Record, None, None]:
        """What `fit` is made of: an iterator of one `Record` an epoch. Leave it when you have seen enough.

        Args:
            watched: whether the model's Values have the new weights at each record, not only at the end.
            others: as for `fit`.

        Example:
            >>> model = Sequential([Dense(1, input_dim=1)], rng=0)
            >>> model.compile("sgd", loss="mse")
            >>> for record in model.train([[0.0], [1.0]], [1.0, 3.0], epochs=1000):
            ...     if record.logs["loss"] < 0.1:
            ...         break
            >>> record.epoch < 1000
            True
        """
        rows, validation = split(examples(self, (x, y)), validation_split)
        if validation_data is not None:
            if not isinstance(validation_data, list | tuple) or len(validation_data) != 2:
                raise ModelError("validation_data must be a pair (x, y). Give two arrays.")
            validation = examples(self, (validation_data[0], validation_data[1]), "validation ")
        rng = self.rng if rng is None else initializers.generator(rng)
        trainer = Trainer(self, rows, validation if len(validation) else None, batch_size, shuffle, rng)
        return trainer.epochs(whole_number(epochs, "epochs"), watched)

    def evaluate(self, x: Any, y: Any, batch_size: Any = None, verbose: Any = 0, *, return_dict: bool = False) -> Any:
        """The cost and the metrics on some examples, in prediction.

        Args:
            x, y: as for `fit`.
            batch_size, verbose: Keras programs give them; here all rows go at once, and nothing is shown.
            return_dict: whether the numbers come by name.

        Returns:
            The cost; with metrics a list [cost, metric, …]; or all by name.

        Raises:
            ModelError: not compiled. ShapeError, DataError: poor data.
        """
        found = measured(self, examples(self, (x, y)))
        return found if return_dict else list(found.values()) if self.metrics else found["loss"]

    def predict(self, x: Any, batch_size: Any = None, verbose: Any = 0) -> Any:
        """The outputs for many samples at once: an array (n, units).

        Args:
            x: inputs (n, inputs), finite.
            batch_size, verbose: as for `evaluate`.

        Raises:
            ShapeError, DataError: poor data.

        Example:
            >>> Sequential([Dense(2, input_dim=1, kernel_initializer="ones")]).predict([[1.0], [2.0], [3.0]])
            array([[1., 1.],
                   [2., 2.],
                   [3., 3.]])
        """
        X = samples(self, x)
        if self._predictor is None:
            row = [Value(number) for number in X[0].tolist()]
            found = [p if isinstance(p, Value) else p + 0 for p in self(row)]
            self._predictor = autograd.compile(found, [row])
        return self._predictor.values(X)

    def optimizer_state(self, trained: Sequence[Value], parameters: Any) -> optimizers.State:
        """What the optimiser remembers of training these Values so far; of others it starts anew."""
        if self._state is None or list(map(id, trained)) != list(map(id, self._remembered)):
            self._state, self._remembered = self.optimizer.start(parameters), trained
        return self._state

    # ── looking at it ─────────────────────────────────────────────────────────────────────────────

    def summary(self) -> Table:
        """The layers as a table: what each gives, and how many numbers it holds; in a script, print it.

        Example:
            >>> MLP(2, [3, 1], activation="tanh").summary()
            layer   kind   activation  units  parameters
            layer1  Dense  tanh            3           9
            layer2  Dense  linear          1           4
            13 parameters, 13 trained
        """
        head = ("layer", "kind", "activation", "units", "parameters")
        rows = [
            (x.name, type(x).__name__, getattr(x, "activation", ""), str(x.units or "?"), str(x.count))
            for x in self.layers
        ]
        widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
        lines = [
            "  ".join(
                cell.ljust(w) if i < 3 else cell.rjust(w) for i, (cell, w) in enumerate(zip(row, widths, strict=True))
            )
            for row in (head, *rows)
        ]
        return Table("\n".join([*lines, f"{self.count} parameters, {len(self.trained())} trained"]))

    def __repr__(self) -> str:
        return f"{type(self).__name__}([{', '.join(map(repr, self.layers))}])"


class MLP(Sequential):
    """A multilayer perceptron: dense layers, hidden ones with an activation, the last one linear unless said.

    Args:
        inputs: how many numbers it takes.
        units: how many neurons each layer has; the last ones are the outputs.
        activation: of hidden layers.
        output: of the last layer.
        rng: a seed or generator for weights, shuffling and dropout.
        others: for every layer, as for `Layer`.

    Example:
        >>> MLP(2, [16, 16, 1], activation="relu", rng=0).count
        337
    """

    def __init__(
        self,
        inputs: int,
        units: Sequence[int],
        activation: Any = "relu",
        output: Any = "linear",
        rng: Any = None,
        name: str = "",
        **others: Any,
    ) -> None:
        if not isinstance(units, list | tuple) or not units:
            raise ModelError(f"units must list the sizes of the layers, got {units!r}. Give [16, 16, 1], say.")
        functions = [activation] * (len(units) - 1) + [output]
        super().__init__([Dense(n, None, f, **others) for n, f in zip(units, functions, strict=True)], name, rng)
        self.build(whole_number(inputs, "inputs"))
