"""Data of your own: standardised, told by formulas, carried by the link without rounding, refused with the row."""

from __future__ import annotations

import math

import numpy as np
import pytest

from nn import DataError, ModelError, playground
from nn.playground.own_data import labels

RNG = np.random.default_rng(0)
X = RNG.normal(size=(30, 2)) * [3, 0.1] + [5, -1]


def points(play):
    return np.concatenate([play.train, play.test])


def test_columns_are_standardised_and_formulas_say_how():
    play = playground.from_data(X, X[:, 0] > 5, seed="0.5")
    scaled = (X - X.mean(0)) / X.std(0)
    rows = points(play)
    assert np.sort(rows[:, 0]) == pytest.approx(np.sort(scaled[:, 0])) and len(rows) == 30
    assert rows[:, :2].mean(0) == pytest.approx([0, 0], abs=1e-12) and rows[:, :2].std(0) == pytest.approx([1, 1])
    assert (rows[:, 2] == np.where(rows[:, 0] > (5 - X[:, 0].mean()) / X[:, 0].std(), 1, -1)).all()
    x, y = X.mean(0)
    assert play.formulas == (
        f"x₁ = (x_1 − {x:.4g}) / {X[:, 0].std():.4g}",
        f"x₂ = (x_2 − (−{abs(y):.4g})) / {X[:, 1].std():.4g}",
        "y = −1: False, y = 1: True",
    )
    assert len(play.train) == 15 and repr(play).startswith("<Playground: own data, network 2-4-2-1, ")


@pytest.mark.parametrize(
    ("y", "problem", "expected", "formula"),
    [
        (["b", "a", "c", "a"], None, [1, 0, 2, 0], "y = 0: a, y = 1: b, y = 2: c"),
        ([3, 1, 1, 3], None, [1, -1, -1, 1], "y = −1: 1, y = 1: 3"),
        ([3, 1, 1, 7], "regression", [-1 / 3, -1, -1, 1], "y = (y − 4) / 3"),
        ([-3, -3, -3, -3], "regression", [0, 0, 0, 0], "y = (y − (−3)) / 1"),
    ],
)
def test_labels_are_classes_or_numbers(y, problem, expected, formula):
    X = [[1, 2], [3, 2], [5, 2], [7, 2]]
    play = playground.from_data(X, y, problem, seed="0.5", perc_train_data=100)
    rows = play.train[np.argsort(play.train[:, 0])]
    assert rows[:, 2].tolist() == pytest.approx(expected) and (rows[:, 1] == 0).all()
    assert play.formulas[1:] == ("x₂ = (x_2 − 2) / 1", formula)


def test_up_to_five_different_values_are_classes():
    assert playground.from_data(X, np.arange(30) % 5).classes == (0.0, 1.0, 2.0, 3.0, 4.0)
    assert playground.from_data(X, np.arange(30) % 6).classes == ()
    assert playground.from_data(X, np.arange(30) % 6).controls["problem"] == "regression"
    assert [labels(k) for k in (0, 2, 3)] == [(), (-1.0, 1.0), (0.0, 1.0, 2.0)]


def test_a_tables_names_are_those_in_the_formulas():
    class Table:
        columns = ("length", "<b>")

        def __array__(self, dtype=None, copy=None):
            return np.array([[1.0, 2.0], [3.0, 4.0]])

    assert playground.from_data(Table(), [0, 1]).formulas[:2] == ("x₁ = (length − 2) / 1", "x₂ = (<b> − 3) / 1")


def test_they_travel_in_the_link_and_train_the_same():
    play = playground.from_data(X, np.arange(30) % 3, seed="0.5", optimizer="adam")
    assert play.link.count(";") == 29 and "&cg_classes=3&cg_optimizer=adam&cg_data=" in play.link
    start, mark, text = play.link.partition("&cg_data=")
    other = playground.from_link(play.link)
    assert points(other).tolist() == points(play).tolist()
    assert other.step(3).weights == play.step(3).weights and other.formulas == ()
    assert playground.from_link(start + mark + text.replace(",", "%2C").replace(";", "%3B")).link == play.link


def test_what_is_long_stays_out_of_the_link_alone():
    long = playground.from_data(np.tile(X, (4, 1)), np.arange(120) % 2)
    assert "cg_data" not in long.link and long.whole_link.count(";") == 119
    assert playground.from_link(long.whole_link).train.tolist() == long.train.tolist()
    rows = ";".join(["1,2,1"] * 665)
    for last, is_written in (("123456,2,1", True), ("1234567,2,1", False)):
        link = playground.from_link(f"#cg_data={rows};{last}").link
        assert link.endswith(f"&cg_data={rows};{last}") == is_written == (len(f"{rows};{last}") <= 4000)


def test_other_controls_keep_them_and_another_set_takes_their_place():
    play = playground.from_data(X, np.arange(30) % 2, seed="0.5")
    again = play.again(network_shape=[3])
    assert again.train.tolist() == play.train.tolist() and again.formulas == play.formulas
    assert play.redrawn().train.tolist() == play.train.tolist()
    for controls in ({"dataset": "xor"}, {"problem": "regression"}, {"classes": 3}, {"reg_dataset": "reg-gauss"}):
        assert len(points(play.again(**controls))) >= 498 and play.again(**controls).formulas == ()


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("1,2,-1;0.5,1e-7,1;", [[1, 2, -1], [0.5, 1e-7, 1]]),
        ("1%2C2%2C-1%3B-0,1e%2B1,1", [[1, 2, -1], [0, 10, 1]]),
        ("1,2,0.25&problem=regression", [[1, 2, 0.25]]),
        ("1,2,2;3,4,0&cg_classes=3", [[1, 2, 2], [3, 4, 0]]),
    ],
)
def test_what_a_link_holds(text, rows):
    play = playground.from_link(f"#seed=1&percTrainData=100&cg_data={text}")
    assert sorted(play.train.tolist()) == sorted(rows)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1,2,1;1,2", "cg_data has [1.0, 2.0] in row 1. Give three numbers: x, y, label."),
        ("1,nan,1", "cg_data has [1.0, 'nan', 1.0] in row 0. Give three numbers: x, y, label."),
        ("1,2,1;;3,4,1", "cg_data has [''] in row 1. Give three numbers: x, y, label."),
        ("1e999,0,1", "cg_data has [inf, 0.0, 1.0] in row 0. Give three numbers: x, y, label."),
        ("0x1,0,1", "cg_data has ['0x1', 0.0, 1.0] in row 0. Give three numbers: x, y, label."),
        (",2,1", "cg_data has ['', 2.0, 1.0] in row 0. Give three numbers: x, y, label."),
        (
            "0,0,1;1,2,3",
            "cg_data has label 3 in row 1. Choose one of -1, 1, set cg_classes, or problem=regression.",
        ),
        ("0,0,1", "percTrainData=50 leaves no point to train with. Try 50."),
    ],
)
def test_a_row_that_cannot_be_read_is_named(text, message):
    with pytest.raises(ModelError) as caught:
        playground.from_link(f"#seed=1&cg_data={text}")
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("given", "y", "problem", "message"),
    [
        (np.ones((3, 3)), [1, 2, 1], None, "A play needs X of shape (n, 2) and y of shape (n,), got (3, 3) and (3,). "
         "Choose two columns, as X[:, [0, 1]]."),
        (X, [1, 2], None, "A play needs X of shape (n, 2) and y of shape (n,), got (30, 2) and (2,). "
         "Choose two columns, as X[:, [0, 1]]."),
        (np.ones((0, 2)), [], None, "A play needs X of shape (n, 2) and y of shape (n,), got (0, 2) and (0,). "
         "Choose two columns, as X[:, [0, 1]]."),
        ([[1, math.nan]], [1], None, "X is nan in row 0, column 1. Remove the row, or fill the gap."),
        (X, np.ones(30), None, 'y has 1 different values; classes are 2 to 5. '
         'Write problem="regression" if they are numbers to predict.'),
        (X, np.arange(30), "classification", 'y has 30 different values; classes are 2 to 5. '
         'Write problem="regression" if they are numbers to predict.'),
        ([[1, 2], [3, 4]], ["a", "b"], "regression", "y is 'a' in row 0. "
         'Write problem="classification" if they are classes.'),
    ],
)  # fmt: skip
def test_arrays_that_do_not_fit_are_refused(given, y, problem, message):
    with pytest.raises(DataError) as caught:
        playground.from_data(given, y, problem)
    assert str(caught.value) == message


def test_an_unknown_problem_is_refused():
    with pytest.raises(ModelError) as caught:
        playground.from_data(X, np.arange(30) % 2, "clustering")
    assert str(caught.value) == "Unknown problem 'clustering'. Choose one of classification, regression."
