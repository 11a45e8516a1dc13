"""Data as people have it, in every call that takes some: it works as plain arrays do, or is one clear error."""

from __future__ import annotations

import collections
import datetime
import decimal
import fractions
from functools import partial
from pathlib import PurePosixPath

import numpy as np
import pytest

import nn
from autograd import ChalkgradError, Value
from autograd.errors import shown
from nn import losses, metrics
from tests.nn.test_parity import peer

X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
Y = np.array([0.0, 1.0, 1.0, 0.0])
ROWS, CLASSES = (
    "Give rows of numbers of equal length.",
    "Number the classes from 0, as np.unique({}, return_inverse=True)[1] does.",
)
WEIGHT, NUMBER, GAP = (
    "Give one number for each row.",
    "Give a number for each example.",
    "Remove the row, or fill the gap.",
)


def model(loss="mse", units=1):
    activation = {"bce": "sigmoid", "sparse_categorical_crossentropy": "softmax"}.get(loss, "linear")
    dense = nn.Dense(units, 2, activation, kernel_initializer=[[0.5, -0.25][:units], [0.75, 1.0][:units]])
    found = nn.Sequential([dense], rng=0)
    found.compile("sgd", loss, metrics=["accuracy"])
    return found


def fitted(x, y, loss="mse", units=1, **options):
    found = model(loss, units)
    history = found.fit(x, y, **options).history
    return [*found.get_weights(), *(history[name] for name in sorted(history))]


def first(y, p):
    return p[:, 0]


def perceptron(x, y):
    return nn.Perceptron(2).fit(x, y, epochs=3)


def set_weights(x):
    layer = nn.Dense(2, 4)
    layer.set_weights([x, [0, 0]])
    return layer.get_weights()


def assigned(y):
    weight = nn.Dense(4, 1).weights[1]
    weight.assign(y)
    return weight.numpy()


# of each call what it makes of data, what it calls them in messages, and the remedy where they are no numbers
TABLES = {
    "fit": (lambda x: fitted(x, Y), "X", ROWS),
    "train": (lambda x: [r.logs["loss"] for r in model().train(x, Y, epochs=2)], "X", ROWS),
    "evaluate": (lambda x: model().evaluate(x, Y), "X", ROWS),
    "predict": (lambda x: model().predict(x), "X", ROWS),
    "predict_on_batch": (lambda x: model().predict_on_batch(x), "X", ROWS),
    "train_on_batch": (lambda x: model().train_on_batch(x, Y), "X", ROWS),
    "test_on_batch": (lambda x: model().test_on_batch(x, Y), "X", ROWS),
    "validation_data": (lambda x: fitted(X, Y, validation_data=(x, Y)), "validation X", ROWS),
    "Perceptron.fit": (lambda x: perceptron(x, 2 * Y - 1), "X", ROWS),
    "Perceptron.predict": (lambda x: nn.Perceptron(2).predict(x), "X", ROWS),
    "LogisticRegression": (lambda x: nn.LogisticRegression(rng=0).fit(x, Y).history["loss"], "X", ROWS),
    "F1Score": (lambda p: metrics.F1Score("macro", 0.5)(X, p), "p", NUMBER),
    "categorical_accuracy": (lambda y: metrics.CategoricalAccuracy()(y, X[::-1]), "y", NUMBER),
    "set_weights": (set_weights, "Array 0 of weights", "Give arrays as get_weights() returns them."),
    "kernel_initializer": (
        lambda x: nn.Dense(2, 4, kernel_initializer=x).get_weights(),
        "The initial weight",
        "Give a name, a number, an array or a function of (rng, shape).",
    ),
}
COLUMNS = {
    "fit": (lambda y: fitted(X, y), "y", CLASSES.format("y")),
    "fit bce": (lambda y: fitted(X, y, "bce"), "y", CLASSES.format("y")),
    "fit hinge": (lambda y: fitted(X, y, "hinge"), "y", CLASSES.format("y")),
    "classes": (lambda y: model("sparse_categorical_crossentropy", 2).evaluate(X, y), "y", CLASSES.format("y")),
    "train_on_batch": (lambda y: model().train_on_batch(X, y), "y", CLASSES.format("y")),
    "test_on_batch": (lambda y: model().test_on_batch(X, y), "y", CLASSES.format("y")),
    "evaluate": (lambda y: model().evaluate(X, y), "y", CLASSES.format("y")),
    "validation_data": (lambda y: fitted(X, Y, validation_data=(X, y)), "y", CLASSES.format("y")),
    "sample_weight": (lambda w: fitted(X, Y, sample_weight=w), "sample_weight", WEIGHT),
    "weight to validate": (lambda w: fitted(X, Y, validation_data=(X, Y, w)), "sample_weight", WEIGHT),
    "evaluate weights": (lambda w: model().evaluate(X, Y, sample_weight=w), "sample_weight", WEIGHT),
    "metric of y": (lambda y: metrics.MeanSquaredError()(y, Y[::-1]), "y", NUMBER),
    "metric of p": (lambda p: metrics.MeanAbsoluteError()(Y[::-1], p), "p", NUMBER),
    "Precision of y": (lambda y: metrics.Precision()(y, Y[::-1]), "y", NUMBER),
    "RootMeanSquaredError of p": (lambda p: metrics.RootMeanSquaredError()(Y[::-1], p), "p", NUMBER),
    "weights of a metric": (lambda w: metrics.Metric("m", first, weighted=True)(Y, Y, w), "sample_weight", WEIGHT),
    "to_categorical": (lambda x: nn.utils.to_categorical(x), "x", CLASSES.format("x")),
    "assign": (assigned, "bias", "Give an array of shape (4,)."),
    "gradient": (lambda g: nn.SGD(0.5).update(nn.SGD().start(Y), g, Y)[1], "gradient", "Give an array of numbers."),
    "parameters": (lambda p: nn.SGD(0.5).update(nn.SGD().start(Y), Y, p)[1], "parameters", "Give an array of numbers."),
}  # fmt: skip
SAMPLES = {  # which may hold Values, and are called with one sample
    "mse of y": lambda y: losses.mse(y, Y),
    "mse of p": lambda p: losses.mse(Y, p),
    "bce of y": lambda y: losses.bce(y, [0.25] * 4),
    "hinge of p": lambda p: losses.hinge(Y, p),
    "model": lambda x: [float(z.data) for z in nn.Sequential([nn.Dense(1, 4, kernel_initializer="ones")])(x)],
    "neuron": lambda x: float(nn.Neuron(4, initializer=0.5)(x).data),
}
PARTS = {"X": lambda x: nn.datasets.train_test_split(x, Y), "y": lambda y: nn.datasets.train_test_split(X, y)}


class Frame:
    """A table of another library, with names of columns, that can be read as an array."""

    def __init__(self, entries, columns=("height", "colour")):
        self.entries, self.columns = entries, columns

    def __array__(self, dtype=None, copy=None):
        return np.asarray(self.entries, dtype)


class Missing:
    """What stands in a gap of pandas."""

    def __repr__(self):
        return "<NA>"


class Tensor:
    """One of PyTorch's that needs a gradient."""

    def __array__(self, dtype=None, copy=None):
        raise RuntimeError("Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.")


class Sparse:
    def toarray(self):
        return X


def rows(numbers):
    return [tuple(row) if isinstance(row, list) else row for row in numbers.tolist()]


GOOD = {
    **{kind: lambda a, kind=kind: a.astype(kind) for kind in (
        "bool", "int8", "int64", "uint8", "uint64", "float16", "float32", "longdouble", "object",
    )},
    "lists": lambda a: a.tolist(),
    "tuples": lambda a: tuple(rows(a)),
    "list of arrays": list,
    "Fortran's order": np.asfortranarray,
    "read only": lambda a: np.frombuffer(a.tobytes()).reshape(a.shape),
    "nothing masked": np.ma.masked_array,
    "memory": lambda a: memoryview(np.ascontiguousarray(a)),
    "table": Frame,
    "table of objects": lambda a: Frame(a.astype(object)),
}  # fmt: skip
OTHERS = {  # which a sample, whose entries may be Values, is not read from
    "deque": lambda a: collections.deque(a.tolist()),
    "texts of numbers": lambda a: a.astype(str).tolist(),
    "Decimals": lambda a: np.vectorize(decimal.Decimal, otypes=[object])(a),
    "Fractions": lambda a: np.vectorize(fractions.Fraction, otypes=[object])(a.astype(int)),
}


def plain(found):
    """What a call gives, as lists of floats."""
    parts = found if isinstance(found, list | tuple) else [found]
    return [np.asarray(part, float).tolist() for part in parts]


@pytest.mark.parametrize("call", TABLES)
def test_tables_of_many_kinds(call):
    use, expected = TABLES[call][0], plain(TABLES[call][0](X))
    for kind, made in (GOOD | OTHERS).items():
        assert plain(use(made(X))) == expected, kind


@pytest.mark.parametrize("call", COLUMNS)
def test_columns_of_many_kinds(call):
    use, expected = COLUMNS[call][0], plain(COLUMNS[call][0](Y))
    for kind, made in (GOOD | OTHERS).items():
        assert plain(use(made(Y))) == expected, kind


@pytest.mark.parametrize("call", [*SAMPLES, *PARTS])
def test_samples_and_parts_of_many_kinds(call):
    use, given = (SAMPLES | PARTS)[call], X if call == "X" else Y
    expected = plain(use(given))
    for kind, made in GOOD.items():
        assert plain(use(made(given))) == expected, kind


# ── what is refused ───────────────────────────────────────────────────────────────────────────────

DAY = datetime.date(2020, 1, 1)
ENTRIES = {  # an entry that is no number, and how it is shown
    "None": (None, "None", GAP),
    "nan": (float("nan"), "nan", GAP),
    "NA": ("NA", "'NA'", GAP),
    "missing in pandas": (Missing(), "<NA>", GAP),
    "question mark": ("?", "'?'", GAP),
    "word": ("yes", "'yes'", ""),
    "date": (DAY, "datetime.date(2020, 1, 1)", ""),
    "complex": (1j, "1j", ""),
    "too large": (10**400, "1000000000000000000000000000000000000000…"[:39] + "…", ""),
    "Value": (Value(1.0), "Value(1.0)", ""),
    "NumPy's date": (np.datetime64("2020-01-01"), "np.datetime64('2020-01-01')", ""),
    "set": ({1}, "{1}", ""),
}
WHOLE = {  # what is no array at all
    "None": (lambda: None, "None", ""),
    "generator": (lambda: (x for x in Y), "an object of type generator", "Make a list of it first."),
    "iterator": (lambda: iter(Y), "an object of type iterator", "Make a list of it first."),
    "map": (lambda: map(float, Y), "an object of type map", "Make a list of it first."),
    "dictionary": (lambda: {0: 1.0}, "an object of type dict", ""),
    "values": (lambda: {0: 1.0}.values(), "an object of type dict_values", ""),
    "set": (lambda: {1.0}, "an object of type set", ""),
    "text": (lambda: "balanced", "'balanced'", ""),
    "name of a file": (lambda: "data.csv", "'data.csv'", "Read a file with nn.datasets.csv."),
    "path": (lambda: PurePosixPath("a.csv"), "an object of type PurePosixPath", "Read a file with nn.datasets.csv."),
    "object": (object, "an object of type object", ""),
    "sparse": (Sparse, "an object of type Sparse", "Give what its toarray() returns."),
}  # fmt: skip
CALLS = {f"{call} of a table": (*row, 2) for call, row in TABLES.items()} | {
    call: (*row, 1) for call, row in COLUMNS.items()
}
# what training made is looked at whatever it became
OF_ANY_SIZE = {"p", "gradient", "parameters", "bias", "Array 0 of weights"}


def message(use, given):
    with pytest.raises(nn.DataError) as caught:
        use(given)
    return str(caught.value)


@pytest.mark.parametrize("call", CALLS)
def test_entries_that_are_no_numbers(call):
    use, what, remedy, ndim = CALLS[call]
    for kind, (entry, text, own) in ENTRIES.items():
        if kind == "nan" and (what in OF_ANY_SIZE or remedy == NUMBER):
            continue
        table = (X if ndim == 2 else Y).astype(object)
        table[(2, 1)[:ndim]] = entry
        place = "in row 2, column 1" if ndim == 2 else "in row 2"
        assert message(use, table) == f"{what} is {text} {place}. {own or remedy}"
        if ndim == 2:
            assert message(use, Frame(table)) == f"{what} is {text} in row 2, column 'colour'. {own or remedy}"


@pytest.mark.parametrize("call", CALLS)
def test_what_is_no_array(call):
    use, what, remedy, _ = CALLS[call]
    for make, text, own in WHOLE.values():
        given = make()
        if not (what == "sample_weight" and given is None) and not (
            what == "The initial weight" and isinstance(given, str)
        ):
            assert message(use, given) == f"{what} must be an array of numbers, got {text}. {own or remedy}"


@pytest.mark.parametrize("call", CALLS)
def test_masks_records_and_what_cannot_be_read(call):
    use, what, remedy, ndim = CALLS[call]
    table = X if ndim == 2 else Y
    masked = np.ma.masked_array(table, np.zeros(table.shape, bool))
    masked[(2, 1)[:ndim]] = np.ma.masked
    place = "in row 2, column 1" if ndim == 2 else "in row 2"
    assert message(use, masked) == f"{what} is masked {place}. {GAP}"
    assert message(use, Tensor()) == (
        f"{what} is not an array of numbers: Can't call numpy() on Tensor that requires grad. "
        f"Use tensor.detach().numpy() instead. {remedy}"
    )
    for moments in (np.arange(4).astype("M8[ns]"), np.arange(4).astype("m8[s]")):
        assert message(use, moments) == f"{what} is {shown(moments[0])} in row 0. {remedy}"
    records = np.array([(1.0, 2.0)] * 4, [("a", float), ("b", float)])
    assert message(use, records) == f"{what} is {shown(records[0])} in row 0. {remedy}"
    assert message(use, [[0.0, 1.0], [1.0]]).startswith(f"{what} is not an array of numbers: setting an array element")


@pytest.mark.parametrize("call", sorted(SAMPLES.keys() - {"model", "neuron"}))
def test_entries_of_a_sample(call):
    name = {"mse": "mean_squared_error", "bce": "binary_crossentropy"}.get(call[:3], "hinge")
    for kind, (entry, text, _) in ENTRIES.items():
        if kind not in ("nan", "Value", "too large"):
            expected = f"{name} needs numbers or Values, got {text}. Give lists of them."
            assert message(SAMPLES[call], [0.0, 1.0, entry, 0.0]) == expected


# ── shapes and labels ─────────────────────────────────────────────────────────────────────────────


def test_targets_of_one_output_in_a_row_or_a_column():
    assert plain(fitted(X, Y[:, None])) == plain(fitted(X, Y))
    alone = [0.0, 1.0, 2.0, 3.0]  # one input
    weights = np.array([1.0, 2.0, 3.0, 4.0])
    assert plain(fitted(X, Y, sample_weight=weights[:, None])) == plain(fitted(X, Y, sample_weight=weights))
    line = [nn.LinearRegression(rng=0).fit(x, Y).history["loss"] for x in (alone, [[x] for x in alone], range(4))]
    assert line[0] == line[1] == line[2]


@pytest.mark.parametrize(("loss", "units", "y", "told"), [
    ("mse", 1, ["yes", "no", "no", "yes"], "y is 'yes' in row 0. " + CLASSES.format("y")),
    ("mse", 1, [], "X has 4 rows, y has 0. Give one target for each row."),
    ("mse", 1, [Y], "y must have shape (n, 1) for mean_squared_error of 1 outputs, got (1, 4). Give each row as many "
     "targets as there are outputs."),
    ("mse", 1, np.eye(2)[[0, 1, 1, 0]], "y must have shape (n, 1) for mean_squared_error of 1 outputs, got (4, 2). "
     "Give each row as many targets as there are outputs."),
    ("bce", 1, 2 * Y - 1, "binary_crossentropy needs labels between 0 and 1, got -1 in row 0. For −1 and 1 use "
     "(y + 1) / 2, or the hinge loss."),
    ("hinge", 1, Y + 1, "hinge needs labels −1 and 1, or 0 and 1, got 2 in row 1. Map the two classes to these."),
    ("sparse_categorical_crossentropy", 2, Y + 1, "sparse_categorical_crossentropy needs classes from 0 to 1, got 2 in "
     "row 1. Number the classes from 0, and give one unit to each."),
])  # fmt: skip
def test_labels_that_do_not_fit(loss, units, y, told):
    assert refusal(lambda: fitted(X, y, loss, units)) == told


def refusal(call):
    with pytest.raises(ChalkgradError) as caught:
        call()
    return str(caught.value)


@pytest.mark.parametrize(
    ("y", "p"), [(Y, Y[:3]), (Y[:1], Y), ([], []), (1.0, 1.0), ([Y], Y), (X, Y), (Y, X[None]), (X[:, :, None], X)]
)
def test_a_metric_of_labels_and_predictions_that_do_not_go_together(y, p):
    for metric in (metrics.MeanSquaredError(), metrics.Recall(), metrics.BinaryAccuracy(), metrics.AUC()):
        shapes = [x.shape if np.ndim(x) != 1 else (len(x), 1) for x in (np.asarray(y), np.asarray(p))]
        assert refusal(partial(metric, y, p)) == (
            f"The metric {metric.name!r} got labels of shape {shapes[0]} for predictions of shape {shapes[1]}. "
            "Give both a row for each example, and labels a column for each output, or one of classes."
        )


def test_a_metric_of_what_became_infinite():
    assert metrics.MeanSquaredError()([0.0], [np.inf]) == np.inf
    assert np.isnan(metrics.MeanSquaredError()([0.0], [np.nan]))


def test_a_metric_of_classes_that_are_none():
    told = "needs classes from 0 to 1, got 2 in row 1. Number the classes from 0, and give one unit to each."
    for metric in (metrics.MeanSquaredError(), metrics.Recall(), metrics.CosineSimilarity()):
        assert refusal(partial(metric, [0, 2], [[0.5, 0.5]] * 2)) == f"{metric.name} {told}"


@pytest.mark.parametrize("result", [None, "good", [None, None, 1.0, 1.0]])
def test_a_metric_of_ones_own_that_gives_no_numbers(result):
    text = refusal(lambda: metrics.Metric("own", lambda y, p: result)(Y, Y))
    assert text.startswith("What the metric 'own' gives ") and text.endswith((GAP, "Return a number for each example."))


# ── pandas, scipy and JAX ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parity
def test_tables_of_pandas():
    pandas = peer("pandas")
    frame = pandas.DataFrame({"lectures": [0, 0, 1, 1], "passed": [False, True, False, True]}, index=[9, 7, 5, 3])
    series = [
        pandas.Series(Y, index=[9, 7, 5, 3]),
        pandas.Series(Y).astype("Int64"),
        pandas.Series(Y, dtype="category"),
    ]
    for call, (use, *_) in TABLES.items():
        assert plain(use(frame)) == plain(use(X)), call
    for y in (*series, pandas.Index(Y), series[0].to_frame()):
        assert plain(fitted(frame, y, sample_weight=y)) == plain(fitted(X, Y, sample_weight=Y))
    for call, use in SAMPLES.items():
        assert plain(use(series[0])) == plain(use(Y)), call
    for entry, text, remedy in ((pandas.NA, "<NA>", GAP), ("red", "'red'", ROWS), (None, "nan", GAP),
                                (pandas.Timestamp(2020, 1, 1), "Timestamp('2020-01-01 00:00:00')", ROWS)):  # fmt: skip
        poor = frame.assign(colour=pandas.Series([1.0, 2.0, entry, 3.0], index=frame.index))
        assert message(TABLES["predict"][0], poor) == f"X is {text} in row 2, column 'colour'. {remedy}"
    dates = pandas.DataFrame({"when": pandas.date_range("2020", periods=4)})
    assert message(TABLES["predict"][0], dates).startswith(
        "X is np.datetime64('2020-01-01T00:00:00.0000… in row 0, column 'when'."
    )
    assert message(COLUMNS["fit"][0], pandas.Series([1, None], dtype="Int64")) == f"y is nan in row 1. {GAP}"


@pytest.mark.parity
def test_arrays_of_jax_and_scipy():
    jax, sparse = peer("jax.numpy"), peer("scipy.sparse")
    for call, (use, *_) in TABLES.items():
        assert plain(use(jax.asarray(X))) == plain(use(X)), call
        assert plain(use(list(jax.asarray(X)))) == plain(use(X)), call
        assert message(use, sparse.csr_matrix(X)).endswith("of type csr_matrix. Give what its toarray() returns.")
