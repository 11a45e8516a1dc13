"""What a callback is: hooks that training, evaluation and prediction call; and who listens to each of them."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeAlias, TypeVar

from nn.errors import ModelError

Logs: TypeAlias = dict[str, Any]  # numbers by name, such as "loss" or "val_accuracy"
Hook = TypeVar("Hook", bound=Callable[..., None])


def unheard(hook: Hook) -> Hook:
    """Mark a hook that does nothing, as Keras marks its own, so that it is never called."""
    hook._is_default = True  # type: ignore[attr-defined]
    return hook


class Callback:
    """What Keras' callbacks are derived from: override the hooks that you need.

    A batch's logs are the numbers of the epoch so far, an epoch's are those of all its batches and of validation.
    Epochs and batches count from 0. A hook reads the model's weights, may set them, and ends training after the
    batch or epoch by `self.model.stop_training = True`, or by a text in its place, which says why.

    Attributes:
        model: the model that is trained, evaluated or asked.
        params: "verbose", "epochs" and "steps", the number of batches in an epoch.

    Example:
        >>> from nn import Dense, Sequential
        >>> class EachTenth(Callback):
        ...     def on_epoch_end(self, epoch, logs=None):
        ...         if epoch % 10 == 9:
        ...             print(f"epoch {epoch + 1} of {self.params['epochs']}: {logs['loss']:.3f}")
        >>> model = Sequential([Dense(1, 1, kernel_initializer="zeros")])
        >>> model.compile("sgd", loss="mse")
        >>> history = model.fit([[1.0], [2.0]], [2.0, 4.0], epochs=20, callbacks=[EachTenth()])
        epoch 10 of 20: 2.842
        epoch 20 of 20: 0.744
    """

    model: Any = None
    params: dict[str, Any] = {}  # noqa: RUF012  never changed

    def set_model(self, model: Any) -> None:
        """Take the model, before training begins."""
        self.model = model

    def set_params(self, params: dict[str, Any]) -> None:
        """Take what is known of the training before it begins."""
        self.params = params

    @unheard
    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Called before the first epoch."""

    @unheard
    def on_train_end(self, logs: Logs | None = None) -> None:
        """Called once after training, however it ended; the logs are those of the last epoch."""

    @unheard
    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Called before an epoch."""

    @unheard
    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Called after an epoch and its validation."""

    @unheard
    def on_train_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Called before a step; `on_batch_begin` is another name for it."""

    @unheard
    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Called after a step; `on_batch_end` is another name for it."""

    @unheard
    def on_test_begin(self, logs: Logs | None = None) -> None:
        """Called before evaluation, and before an epoch's validation."""

    @unheard
    def on_test_end(self, logs: Logs | None = None) -> None:
        """Called after evaluation or validation."""

    @unheard
    def on_test_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Called before a batch is evaluated."""

    @unheard
    def on_test_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Called after a batch is evaluated."""

    @unheard
    def on_predict_begin(self, logs: Logs | None = None) -> None:
        """Called before prediction."""

    @unheard
    def on_predict_end(self, logs: Logs | None = None) -> None:
        """Called after prediction."""

    @unheard
    def on_predict_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Called before a batch is predicted."""

    @unheard
    def on_predict_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Called after a batch is predicted; `logs["outputs"]` are its predictions."""


HOOKS = tuple(name for name in vars(Callback) if name.startswith("on_"))


@dataclass(frozen=True)
class Record:
    """What is known after an epoch: its number from 1, and numbers by name, such as "loss" or "val_accuracy"."""

    epoch: int
    logs: Logs
    model: Any = field(repr=False)


class RecordFunction(Callback):
    """A function of a `Record` as a callback: training ends when it returns a reason."""

    def __init__(self, function: Callable[[Record], object]) -> None:
        self.function = function

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        reason = self.function(Record(epoch + 1, logs or {}, self.model))
        if reason:
            self.model.stop_training = reason


@dataclass(eq=False)
class History(Callback):
    """What `fit` returns, and the model keeps as `model.history`.

    Attributes:
        history: for each name ("loss", "val_loss", "accuracy", …) a list, one entry an epoch.
        epoch: the numbers of the epochs, from 0 as in Keras.
        params: "verbose", "epochs" and "steps", the number of batches in an epoch.
        stopped: why training ended: "" after all epochs, else "interrupted" or a callback's reason.
    """

    history: dict[str, list[float]] = field(default_factory=dict)
    epoch: list[int] = field(default_factory=list)
    stopped: str = ""

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self.epoch, self.stopped = [], ""

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        self.epoch.append(epoch)
        for name, number in (logs or {}).items():
            self.history.setdefault(name, []).append(number)


# ── those that listen ─────────────────────────────────────────────────────────────────────────────

CallbackLike: TypeAlias = Callback | Callable[[Record], object] | object  # of any class with a callback's hooks
CallbacksLike: TypeAlias = CallbackLike | Sequence[CallbackLike] | None


class Callbacks:
    """The callbacks of one training, evaluation or prediction, and for each hook those that listen to it.

    Args:
        callbacks: one or a list; functions of a `Record`, and objects that have a callback's methods.
        model, params: what they are given.

    Attributes:
        hooks: of each hook's name the methods to call.
        history: the history among them, or a new one.

    Raises:
        ModelError: something that is no callback.
    """

    def __init__(self, callbacks: CallbacksLike, model: Any, **params: Any) -> None:
        each = [_callback(x) for x in listed(callbacks)]
        self.history = next((x for x in each if isinstance(x, History)), None) or History()
        self.each = [x for x in each if x is not self.history]
        self.begun: list[Any] = []
        for callback in (*self.each, self.history):
            getattr(callback, "set_model", bool)(model)
            getattr(callback, "set_params", bool)(params)
        self.hooks = {name: [hook for x in self.each for hook in _hooks(x, name)] for name in HOOKS}

    def __call__(self, name: str, *args: Any, **logs: Any) -> None:
        """Call a hook of all that listen to it."""
        for hook in self.hooks[name]:
            hook(*args, **logs)

    def batches(self, kind: str, n: int, size: int, logs: Callable[[int, int], Logs]) -> None:
        """Tell of n examples that were evaluated or predicted at once, as if it had been in batches, one by one."""
        begin, end = f"on_{kind}_batch_begin", f"on_{kind}_batch_end"
        if self.hooks[begin] or self.hooks[end]:
            for batch, start in enumerate(range(0, n, size)):
                self(begin, batch, logs={})
                self(end, batch, logs=logs(start, min(start + size, n)))

    def begin(self) -> None:
        """Training begins."""
        for callback in (self.history, *self.each):
            self.begun.append(callback)
            for hook in _hooks(callback, "on_train_begin"):
                hook({})

    def epoch_end(self, epoch: int, logs: Logs) -> None:
        """An epoch has ended; it comes into the history with what callbacks add to its numbers."""
        try:
            self("on_epoch_end", epoch, logs)
        finally:
            self.history.on_epoch_end(epoch, logs)

    def end(self, logs: Logs) -> None:
        """Training has ended, for each callback that saw it begin, whatever the others raise."""
        with ExitStack() as stack:
            for callback in reversed(self.begun):
                for hook in _hooks(callback, "on_train_end"):
                    stack.callback(hook, logs)


def listed(callbacks: CallbacksLike) -> list[Any]:
    """One callback, several, also in lists of lists, or none, as a list."""
    if isinstance(callbacks, list | tuple):
        return [x for inner in callbacks for x in listed(inner)]
    return [] if callbacks is None else [callbacks]


def _callback(given: Any) -> Any:
    """A callback as it is, a function as one."""
    if isinstance(given, type):
        raise ModelError(f"A callback must be an object, got the class {given.__name__}. Write {given.__name__}().")
    if any(name.startswith("on_") for name in dir(given)):
        return given
    if callable(given):
        return RecordFunction(given)
    raise ModelError(
        f"A callback must be a function of a Record, or have methods such as on_epoch_end, got {given!r}. "
        "Derive a class from nn.Callback."
    )


def _hooks(callback: Any, name: str) -> list[Callable[..., None]]:
    """The method that a callback has for a hook, if it does anything."""
    for alias in (name, name.replace("_train_batch_", "_batch_")):
        hook = getattr(callback, alias, None)
        if hook is not None and not getattr(hook, "_is_default", False):
            return [hook]
    return []


@contextmanager
def postponed(stop: Callable[[str], None]) -> Iterator[None]:
    """Ctrl-C calls `stop("interrupted")`, so that no step, no write and no hook is left half done; a second one raises.

    Signals reach the main thread only, and a handler of the user's own stays.
    """
    usual = signal.default_int_handler
    if threading.current_thread() is not threading.main_thread() or signal.getsignal(signal.SIGINT) is not usual:
        yield
        return

    def first(*_: object) -> None:
        signal.signal(signal.SIGINT, usual)
        stop("interrupted")

    signal.signal(signal.SIGINT, first)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, usual)
