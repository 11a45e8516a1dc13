"""Models as scikit-learn's estimators, for its cross-validation, pipelines and searches.

Keras programs have `KerasClassifier` and `KerasRegressor` from `keras.wrappers.scikit_learn`, and today from SciKeras.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, ClassVar, Self

import numpy as np

from nn.errors import ModelError
from nn.training.sequential import Sequential
from nn.types import Array, ArrayLike
from nn.utils import to_categorical

__all__ = ["KerasClassifier", "KerasRegressor"]


class _Estimator:
    """A function that makes a compiled model, and what it and `fit` are given.

    Attributes:
        model_: the model, once it is trained.
        history_: what its `fit` returned.
    """

    kind: ClassVar[str]
    model_: Sequential

    def __init__(self, model: Callable[..., Any] | None = None, build_fn: Any = None, **arguments: Any) -> None:
        self.model, self.build_fn, self.arguments = model, build_fn, arguments

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """All arguments by name, which scikit-learn makes copies with."""
        return {"model": self.model, "build_fn": self.build_fn, **self.arguments}

    def set_params(self, **arguments: Any) -> Self:
        """Replace arguments, as a search does."""
        _Estimator.__init__(self, **self.get_params() | arguments)
        return self

    def __sklearn_tags__(self) -> Any:
        """What scikit-learn asks before it splits data."""
        utils = import_module("sklearn.utils")
        kinds = {"classifier": utils.ClassifierTags, "regressor": utils.RegressorTags}
        mine = {f"{self.kind}_tags": kinds[self.kind]()}
        return utils.Tags(estimator_type=self.kind, target_tags=utils.TargetTags(required=True), **mine)

    def predict(self, X: ArrayLike) -> Any:
        """What the trained model gives, in the form of y."""
        raise NotImplementedError

    def _make(self) -> dict[str, Any]:
        """Make a new model; what its function does not take is returned."""
        build = self.model or self.build_fn
        if not callable(build):
            raise ModelError(f"{type(self).__name__} needs a function that makes a model, got {build!r}. Write one.")
        given = {name.removeprefix("model__"): value for name, value in self.arguments.items()}
        takes = inspect.signature(build).parameters.keys() & given.keys()
        self.model_ = build(**{name: given[name] for name in takes})
        return {name: value for name, value in given.items() if name not in takes}

    def _train(self, X: ArrayLike, y: ArrayLike, own: Mapping[str, Any], options: Mapping[str, Any]) -> Self:
        self.history_ = self.model_.fit(X, y, **{**own, **options})
        return self

    def __repr__(self) -> str:
        given = [f"{name}={value!r}" for name, value in self.get_params().items() if value is not None]
        return f"{type(self).__name__}({', '.join(given)})"


class KerasClassifier(_Estimator):
    """A classifier, as in `cross_val_score(KerasClassifier(build, epochs=100), X, y, cv=5)`.

    Args:
        model, build_fn: a function that makes a compiled model, by its newer and its older name.
        arguments: those that the function takes go to it (`units`, or `model__units`), all others to `fit`.

    Example:
        >>> from nn import MLP, datasets
        >>> def build(units=3):
        ...     model = MLP(2, [units, 1], activation="tanh", output="sigmoid", rng=0)
        ...     model.compile("adam", "binary_crossentropy")
        ...     return model
        >>> X, y = datasets.gate("and")
        >>> classifier = KerasClassifier(build, units=4, epochs=3).fit(X, ["no", "no", "no", "yes"])
        >>> classifier.model_.count, classifier.classes_.tolist(), len(classifier.predict(X))
        (17, ['no', 'yes'], 4)
    """

    kind = "classifier"
    classes_: Any  # the labels in order; of one-hot rows their places

    def fit(self, X: ArrayLike, y: ArrayLike, **options: Any) -> Self:
        """Make a model and train it on labels of any kind, or on one-hot rows."""
        labels = np.asarray(y)
        self._hot = labels.ndim == 2 and labels.shape[1] > 1
        places = labels.argmax(1) if self._hot else None
        self.classes_ = np.arange(labels.shape[1]) if self._hot else np.unique(labels)
        if places is None:
            places = np.searchsorted(self.classes_, labels.ravel())
        own = self._make()
        rows = self._hot or self.model_.loss.name.startswith("categorical")
        return self._train(X, to_categorical(places, len(self.classes_)) if rows else places, own, options)

    def predict_proba(self, X: ArrayLike) -> Array:
        """The share of each class: an array (n, classes)."""
        p = self.model_.predict(X)
        return np.hstack([1 - p, p]) if p.shape[1] == 1 else p

    def predict(self, X: ArrayLike) -> Any:
        """The likeliest class of each sample, as y had it."""
        places = self.predict_proba(X).argmax(1)
        return to_categorical(places, len(self.classes_)) if self._hot else self.classes_[places]

    def score(self, X: ArrayLike, y: ArrayLike) -> float:
        """The share of samples that are classified as y has them."""
        p = self.predict(X)
        right = p == np.asarray(y).reshape(p.shape)
        return float(np.mean(right.all(1) if self._hot else right))


class KerasRegressor(_Estimator):
    """A regressor: `cross_val_score(KerasRegressor(build, epochs=100), X, y, scoring="neg_mean_squared_error")`.

    Args:
        model, build_fn, arguments: as for `KerasClassifier`.

    Example:
        >>> from nn import MLP
        >>> def build():
        ...     model = MLP(1, [1], rng=0)
        ...     model.compile("sgd", "mse")
        ...     return model
        >>> KerasRegressor(build, epochs=2000).fit([[0.0], [1.0]], [1.0, 3.0]).predict([[2.0]]).round(1)
        array([5.])
    """

    kind = "regressor"

    def fit(self, X: ArrayLike, y: ArrayLike, **options: Any) -> Self:
        """Make a model and train it."""
        own = self._make()
        return self._train(X, y, own, options)

    def predict(self, X: ArrayLike) -> Any:
        """The outputs: an array (n,), of several units (n, units)."""
        p = self.model_.predict(X)
        return p[:, 0] if p.shape[1] == 1 else p

    def score(self, X: ArrayLike, y: ArrayLike) -> float:
        """R² = 1 − Σ(y − p)² / Σ(y − ȳ)²."""
        p = self.model_.predict(X)
        targets = np.asarray(y, float).reshape(p.shape)
        return float(1 - np.sum((targets - p) ** 2) / np.sum((targets - targets.mean(0)) ** 2))
