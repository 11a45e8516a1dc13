"""A play's controls and the link that has them: a table with one row a key, in the order in which a link is written.

Source: TensorFlow Playground, state.ts; `cg_` begins what is this package's own, which the Playground passes over.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from random import SystemRandom
from typing import Any

from nn.errors import ModelError, unknown
from nn.playground import activations, updates
from nn.playground.functions import FUNCTIONS
from nn.playground.kinds import NUMBER, Choice, Flag, Formulas, Kind, Names, Number, Rows, Shape, Text, fragment
from nn.playground.own_data import MOST_CLASSES, labels
from nn.playground.points import CLASSIFICATION, INPUTS, REGRESSION, SIZES

ADDRESS = "https://playground.tensorflow.org/"
ACTIVATIONS = ("relu", "tanh", "sigmoid", "linear")
PENALTIES = ("none", "L1", "L2")
OWN = "cg_"


# ── the table ─────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Key:
    """A control.

    Attributes:
        name: what a link calls it.
        default: its value where a link has none; of the seed five random digits.
        kind: how it is read, checked and written.
        says: what it controls.
        live: whether it can be changed while the play runs, without new data or weights.
    """

    name: str
    default: object
    kind: Kind
    says: str
    live: bool = False

    @property
    def keyword(self) -> str:
        """What Python calls it: `batchSize` is `batch_size`, `cg_functions` is `functions`."""
        return re.sub("[A-Z]", lambda match: f"_{match[0].lower()}", self.name.removeprefix(OWN))


def _noise(x: float) -> float:
    """As the Playground does: up to 80 the slider grows, above it is at its end."""
    return 50 if x > 80 else max(0, x)


LIVE = True
POSITIVE = Number("a number above 0", lambda x: x > 0)
COUNT = Number("a whole number of at least 0", lambda x: x >= 0 and x.is_integer())
LEAST = Number("a number of at least 0", lambda x: x >= 0)
CLASSES = Number(f"a whole number from 2 to {MOST_CLASSES}", lambda x: x in range(2, MOST_CLASSES + 1))
PART = Number("a number from 0 to 0.9", lambda x: 0 <= x <= 0.9)
SHARE = Number("a number above 0, up to 100", lambda x: 0 < x <= 100)
FLAG, TEXT = Flag(), Text()

# fmt: off
KEYS = (
    Key("activation",         "tanh",           Choice(ACTIVATIONS),               "f of the hidden layers"),
    Key("regularization",     None,             Choice(PENALTIES, none="none"),    "the penalty on weights", LIVE),
    Key("batchSize",          10,               POSITIVE,                          "samples an update", LIVE),
    Key("dataset",            "circle",         Choice(tuple(CLASSIFICATION)),     "the points of a classification"),
    Key("regDataset",         "reg-plane",      Choice(tuple(REGRESSION)),         "the points of a regression"),
    Key("learningRate",       0.03,             NUMBER,                            "η", LIVE),
    Key("regularizationRate", 0,                NUMBER,                            "λ, the penalty's factor", LIVE),
    Key("noise",              0,                Number(settle=_noise),             "of the points, per cent, to 80"),
    Key("networkShape",       (4, 2),           Shape(),                           "neurons of each hidden layer"),
    Key("seed",               None,             TEXT,                              "where all randomness comes from"),
    Key("showTestData",       False,            FLAG,                              "a page shows test points", LIVE),
    Key("discretize",         False,            FLAG,                              "a page shows −1 and 1 only", LIVE),
    Key("percTrainData",      50,               SHARE,                             "per cent of points to train with"),
    Key("x",                  True,             FLAG,                              "x is an input"),
    Key("y",                  True,             FLAG,                              "y is an input"),
    Key("xTimesY",            False,            FLAG,                              "x · y is an input"),
    Key("xSquared",           False,            FLAG,                              "x² is an input"),
    Key("ySquared",           False,            FLAG,                              "y² is an input"),
    Key("cosX",               False,            FLAG,                              "kept, unused"),
    Key("sinX",               False,            FLAG,                              "sin x is an input"),
    Key("cosY",               False,            FLAG,                              "kept, unused"),
    Key("sinY",               False,            FLAG,                              "sin y is an input"),
    Key("collectStats",       False,            FLAG,                              "kept, unused"),
    Key("tutorial",           None,             TEXT,                              "kept, unused"),
    Key("problem",            "classification", Choice(tuple(SIZES)),              "classification or regression"),
    Key("initZero",           False,            FLAG,                              "weights and biases begin at 0"),
    Key("hideText",           False,            FLAG,                              "a page has no text", LIVE),
)
OWN_KEYS = (
    Key("cg_functions",       "fdlibm",         Choice(tuple(FUNCTIONS)),          "whose sin, log, exp, tanh"),
    Key("cg_redraws",         0,                COUNT,                             "how often weights were drawn anew"),
    Key("cg_classes",         2,                CLASSES,                           "of a classification"),
    Key("cg_activations",     (),               Names(activations.NAMES),          "f of each hidden layer"),
    Key("cg_optimizer",       updates.PLAIN,    Choice(updates.NAMES),             "an optimiser of `nn`"),
    Key("cg_inputs",          (),               Formulas(),                        "inputs of your own"),
    Key("cg_dropout",         0,                PART,                              "share of neurons left out", LIVE),
    Key("cg_rival",           "none",           Choice(("none", *updates.NAMES)),  "a page's second network", LIVE),
    Key("cg_rivalRate",       0.03,             NUMBER,                            "η of the second network", LIVE),
    Key("cg_stopEpoch",       0,                LEAST,                             "`run` stops there", LIVE),
    Key("cg_stopLoss",        0,                LEAST,                             "`run` stops at this loss", LIVE),
    Key("cg_data",            (),               Rows(),                            "points of your own"),
)
# fmt: on
TABLE = {key.name: key for key in (*KEYS, *OWN_KEYS)}
KEYWORDS = {key.keyword: key for key in TABLE.values()}
HIDE = "_hide"
LONGEST = 4000  # characters of points in a link that is written
DRAWN = ("dataset", "reg_dataset", "problem", "classes")


@dataclass(frozen=True)
class Link:
    """All controls of a play.

    Attributes:
        values: each by its key.
        hidden: whether a page hides a control, by the key `K_hide`; an input that is hidden is none.
        others: keys that nobody here knows, and their texts; they are kept.
    """

    values: Mapping[str, Any]
    hidden: Mapping[str, bool] = field(default_factory=dict)
    others: Mapping[str, str] = field(default_factory=dict)

    def __getitem__(self, key: str) -> Any:
        return self.values[key]

    @property
    def inputs(self) -> tuple[str, ...]:
        """The inputs' keys in the network's order, and behind them the formulas of your own."""
        keys = tuple(name for name in INPUTS if self[name] and not self.hidden.get(name + HIDE))
        return keys + tuple(self["cg_inputs"])

    @property
    def classes(self) -> tuple[float, ...]:
        """The labels that stand for classes; none in a regression."""
        return labels(int(self["cg_classes"])) if self["problem"] == "classification" else ()

    def changed(self, keywords: Mapping[str, Any]) -> Link:
        """The same with other values of some controls, by their keywords.

        Raises:
            ModelError: an unknown keyword, or a value that is not legal.
        """
        own = {"cg_data": ()} if keywords.keys() & DRAWN else {}  # another data set takes the place of own points
        return replace(self, values=dict(self.values) | own | _checked(_keys(keywords)))

    @property
    def text(self) -> str:
        """The link that the Playground opens: its keys in its order, then what it passes over."""
        return self.written(LONGEST)

    def written(self, longest: float) -> str:
        """The same, with points of your own where their text is not longer."""
        pairs = {key.name: key.kind.write(self[key.name]) for key in KEYS if self[key.name] is not None}
        pairs |= {name: Flag().write(hidden) for name, hidden in self.hidden.items()} | dict(self.others)
        own = {key.name: key.kind.write(self[key.name]) for key in OWN_KEYS if self[key.name] != key.default}
        if len(own.get("cg_data", "")) > longest:
            del own["cg_data"]
        pairs |= {name: text for name, text in own.items() if text}
        return "#" + "&".join(f"{name}={text}" for name, text in pairs.items())


def read(link: str) -> Link:
    """The controls that a link, or a whole address, has.

    What the Playground passes over is passed over: unknown names keep the default, noise above 80 is 50.

    Raises:
        ModelError: it is no text, or has a value that the Playground cannot work with.

    Example:
        >>> read("#noise=90&networkShape=3,2&seed=1").text[:60]
        '#activation=tanh&batchSize=10&dataset=circle&regDataset=reg-'
    """
    if not isinstance(link, str):
        raise ModelError(f"A link must be a text such as '#dataset=xor&networkShape=4', got {link!r}.")
    before, mark, after = link.strip().partition("#")
    texts = {}
    for pair in fragment(after if mark else "" if "://" in before else before).split("&"):
        name, *rest = pair.split("=")
        texts[name] = rest[0] if rest else ""
    hidden = {name: text == "true" for name, text in texts.items() if name.endswith(HIDE)}
    known = [name for name in TABLE if name in texts]
    others = {name: text for name, text in texts.items() if name and name not in hidden and name not in known}
    values = {name: TABLE[name].kind.read(texts[name]) for name in known if _given(name, texts[name])}
    return settled({name: value for name, value in values.items() if value is not ...}, hidden, others)


def _given(name: str, text: str) -> bool:
    """An empty text is none, but for the shape, where it says that there is no hidden layer."""
    return name == "networkShape" or text.strip() != ""


def settled(values: Mapping[str, Any], hidden: Mapping[str, bool], others: Mapping[str, str]) -> Link:
    """Controls by their keys, checked; what is missing, or None, has its default."""
    defaults = {key.name: key.default for key in TABLE.values()} | {"seed": f"{SystemRandom().random():.5f}"}
    return Link(
        defaults | _checked({name: value for name, value in values.items() if value is not None}), hidden, others
    )


def controls(keywords: Mapping[str, Any], hide: Iterable[str] = ()) -> Link:
    """The controls that Python's keywords give.

    Raises:
        ModelError: an unknown keyword, or a value that is not legal.
    """
    return settled(_keys(keywords), {name + HIDE: True for name in hide}, {})


def _keys(keywords: Mapping[str, Any]) -> dict[str, Any]:
    for name in keywords:
        if name not in KEYWORDS:
            raise unknown("control", name, KEYWORDS)
    return {KEYWORDS[name].name: value for name, value in keywords.items()}


def _checked(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: TABLE[name].kind.check(name, value) for name, value in values.items()}
