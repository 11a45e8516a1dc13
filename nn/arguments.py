"""Arguments of the wrong kind are refused where they arrive: a function's annotations say what each must be."""

from __future__ import annotations

import inspect
import math
import re
from collections.abc import Callable
from functools import lru_cache, wraps
from numbers import Integral, Real
from typing import Any, NamedTuple, TypeVar, cast

import numpy as np

from autograd.errors import shown
from nn.errors import ModelError

F = TypeVar("F", bound=Callable[..., Any])


class Kind(NamedTuple):
    """What an annotation asks for: in words, whether something is of that kind, and something that is."""

    words: str
    has: Callable[[Any], bool]
    example: str


def _number(x: object) -> bool:
    return isinstance(x, Real) and not isinstance(x, bool) and not math.isnan(x)


def _numbers(x: object) -> bool:
    return isinstance(x, list | tuple | range | np.ndarray) and np.ndim(x) == 1 and all(map(_number, x))


KINDS = {
    "int": Kind("a whole number", lambda x: isinstance(x, Integral), "2"),
    "float": Kind("a number", _number, "0.5"),
    "Finite": Kind("a finite number", lambda x: _number(x) and math.isfinite(x), "0.5"),
    "NotNegative": Kind("a finite number of at least 0", lambda x: _number(x) and 0 <= x < math.inf, "0.5"),
    "Positive": Kind("a finite number above 0", lambda x: _number(x) and 0 < x < math.inf, "0.5"),
    "Sequence[float]": Kind("a list of numbers", _numbers, "[0.5]"),
    "bool": Kind("True or False", lambda x: isinstance(x, bool | np.bool_ | int) and x in (0, 1), "True"),
    "str": Kind("text", lambda x: isinstance(x, str), "'a'"),
    "Callable": Kind("a function", callable, ""),
    "None": Kind("None", lambda x: x is None, "None"),
}
INSTEAD = {"nonlin": "Write activation='linear' in place of nonlin=False, and 'relu' in place of True."}  # micrograd's


def checked(thing: F) -> F:
    """A function, or a class, that refuses arguments which are not of the kinds that its annotations name.

    Checked are those whose annotation is made of `KINDS`. A `name` of None is left out, as in Keras.

    Raises:
        ModelError: an argument of another kind, or of a name that there is not.

    Example:
        >>> @checked
        ... def wave(steps: int, rate: float | None = 0.1) -> None: ...
        >>> wave("x")
        Traceback (most recent call last):
        nn.errors.ModelError: The steps of wave must be a whole number, got 'x'. Try steps=2.
    """
    if isinstance(thing, type):
        setattr(thing, "__init__", _checked(vars(thing)["__init__"], ""))  # noqa: B010  of which mypy would not hear
        return cast(F, thing)
    return cast(F, _checked(thing, thing.__name__))


def _checked(function: Callable[..., Any], owner: str) -> Callable[..., Any]:
    """The function with checks; of an `__init__` the owner is the class of what is made."""
    parameters = inspect.signature(function).parameters
    names, open_ended = list(parameters), any(x.kind is x.VAR_KEYWORD for x in parameters.values())
    name_is_optional = "name" in parameters and parameters["name"].default is not inspect.Parameter.empty

    @wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        if kwargs.get("name", "") is None and name_is_optional:
            del kwargs["name"]
        for name, argument in (*zip(names, args, strict=False), *kwargs.items()):
            if name in parameters:
                check(parameters[name], argument, owner or type(args[0]).__name__)
            elif not open_ended:
                raise _unexpected(name, names[not owner :], owner or type(args[0]).__name__)
        return function(*args, **kwargs)

    return call


def check(parameter: inspect.Parameter, argument: object, owner: str) -> None:
    """Refuse an argument of another kind than the parameter's.

    Raises:
        ModelError: such an argument.
    """
    kinds = _kinds(str(parameter.annotation))
    if not kinds or any(kind.has(argument) for kind in kinds):
        return
    example = kinds[0].example if parameter.default in (parameter.empty, None, "") else repr(parameter.default)
    remedy = f"Try {parameter.name}={example}." if example else "Write its name without brackets."
    needs = " or ".join(kind.words for kind in kinds)
    raise ModelError(f"The {parameter.name} of {owner} must be {needs}, got {shown(argument)}. {remedy}")


def _unexpected(name: str, names: list[str], owner: str) -> ModelError:
    remedy = INSTEAD.get(name) or f"Choose one of {', '.join(names)}."
    return ModelError(f"{owner} has no argument {name!r}. {remedy}")


@lru_cache
def _kinds(annotation: str) -> list[Kind]:
    """The kinds that an annotation is made of; none if it has others too.

    >>> [kind.words for kind in _kinds("float | Sequence[float] | None")], _kinds("int | Seed")
    (['a number', 'a list of numbers', 'None'], [])
    """
    parts = ["Callable" if part.startswith("Callable[") else part for part in re.split(r" \| (?![^\[]*\])", annotation)]
    return [KINDS[part] for part in parts] if all(part in KINDS for part in parts) else []
