"""Data: the formulas hold, a seed gives the same numbers, and a poor CSV file is told where it is poor."""

from __future__ import annotations

import os

import numpy as np
import pytest

from autograd import ChalkgradError, FileError
from nn import DataError, datasets

POINTS = {"moons": datasets.moons, "exam": datasets.exam, **datasets.PLAYGROUND}
every_set = pytest.mark.parametrize("make", POINTS.values(), ids=POINTS)


@every_set
@pytest.mark.parametrize("n", [2, 3, 50])
def test_shapes_and_reproducibility(make, n):
    X, y = make(n, rng=5)
    assert X.shape == (n, 2) and y.shape == (n,) and X.dtype == y.dtype == float
    assert np.isfinite(X).all() and np.isfinite(y).all()
    again, drawn = make(n, rng=5), make(n, rng=np.random.default_rng(5))
    for found in (again, drawn):
        assert np.array_equal(found[0], X) and np.array_equal(found[1], y)
    assert not np.array_equal(make(n, rng=6)[0], X) or make is datasets.spiral  # which draws its noise alone


@every_set
def test_poor_arguments(make):
    with pytest.raises(DataError, match=r"^1 points cannot have two classes\. Give a whole number of at least 2\.$"):
        make(1)
    with pytest.raises(
        DataError, match=r"^rng must be a whole number of at least 0 or a NumPy generator, got 'x'\. Try rng=0\.$"
    ):
        make(10, rng="x")
    if make is not datasets.exam:
        with pytest.raises(DataError, match=r"^noise must be a finite number of at least 0, got -1\. Try 0\.1\.$"):
            make(10, noise=-1)


@pytest.mark.parametrize("name", ["and", "or", "xor"])
def test_gates(name):
    X, y = datasets.gate(name.upper())
    expected = [{"and": a and b, "or": a or b, "xor": a != b}[name] for a, b in X.astype(bool)]
    assert y.tolist() == [float(out) for out in expected]
    Z, t = datasets.gate(name, bipolar=True)
    assert np.array_equal(Z, 2 * X - 1) and np.array_equal(t, 2 * y - 1)
    with pytest.raises(DataError, match=r"^Unknown gate 'nor'\. Choose one of and, or, xor\.$"):
        datasets.gate("nor")


def test_or_is_separated_by_the_lectures_line():
    X, y = datasets.gate("or", bipolar=True)
    assert np.array_equal(np.sign(1 + X.sum(1)), y)  # 1 + x₁ + x₂ = 0


def test_moons_lie_on_their_circles():
    X, y = datasets.moons(101, noise=0)
    assert (y == 1).sum() == 51
    assert np.hypot(*X[y == 0].T) == pytest.approx(1) and (X[y == 0, 1] >= -1e-12).all()
    assert np.hypot(*(X[y == 1] - [1, 0.5]).T) == pytest.approx(1) and (X[y == 1, 1] <= 0.5 + 1e-12).all()
    noisy = datasets.moons(20_000, noise=0.1, rng=3)[0], datasets.moons(20_000, noise=0, rng=3)[0]
    assert (noisy[0] - noisy[1]).std() == pytest.approx(0.1, rel=0.02)
    assert set(datasets.moons(10, bipolar=True)[1]) == {-1, 1}


def test_exam_follows_its_probability():
    X, y = datasets.exam(200_000, rng=1)
    assert set(X[:, 0]) == set(range(13)) and X[:, 1].min() >= 0 and X[:, 1].max() < 40
    p = 1 / (1 + np.exp(-(0.5 * (X[:, 0] - 6) + 0.25 * (X[:, 1] - 20))))
    for low in np.arange(0, 1, 0.1):
        band = (p >= low) & (p < low + 0.1)
        assert y[band].mean() == pytest.approx(p[band].mean(), abs=0.02)


def test_playground_classes_without_noise():
    X, y = datasets.circle(500)
    r = np.hypot(*X.T)
    assert ((r < 2.5) == (y == 1)).all() and ((r < 2.5) | (r >= 3.5)).all() and r.max() <= 5 and (y == 1).sum() == 250
    X, y = datasets.xor(500)
    assert (np.sign(X.prod(1)) == y).all() and abs(X).min() >= 0.3 and abs(X).max() <= 5.3
    X, y = datasets.gauss(20_000)
    assert X[y == 1].var(0) == pytest.approx([0.5, 0.5], rel=0.05)
    assert datasets.gauss(20_000, noise=0.5)[0][:10_000].var(0) == pytest.approx([4, 4], rel=0.05)
    X, y = datasets.spiral(100)
    assert X[:50] == pytest.approx(-X[50:])  # turned by π
    i = np.arange(50)
    assert X[:50, 0] == pytest.approx(5 * i / 50 * np.sin(3.5 * np.pi * i / 50))


def test_playground_targets_without_noise():
    X, y = datasets.reg_plane(300)
    assert y == pytest.approx(X.sum(1) / 10) and abs(X).max() <= 6
    X, y = datasets.reg_gauss(3000)
    largest = np.zeros(len(X))
    for sign, cx, cy in [(1, -4, 2.5), (-1, 0, 2.5), (1, 4, 2.5), (-1, -4, -2.5), (1, 0, -2.5), (-1, 4, -2.5)]:
        label = sign * np.clip(1 - np.hypot(X[:, 0] - cx, X[:, 1] - cy) / 2, 0, 1)
        largest = np.where(abs(label) > abs(largest), label, largest)
    assert y == pytest.approx(largest)


@pytest.mark.parametrize("name", ["circle", "xor", "reg-plane", "reg-gauss"])
def test_noise_moves_labels_not_points(name):
    make = datasets.PLAYGROUND[name]
    X, y = make(400, noise=0.5, rng=2)
    Z, t = make(400, noise=0.0, rng=2)
    assert np.array_equal(X, Z) and (y != t).sum() > 10


def test_split():
    X, y = np.arange(20).reshape(10, 2), np.arange(10)
    X_train, X_test, y_train, y_test = datasets.train_test_split(X, y, test_size=0.3, rng=4)
    assert len(y_train) == 7 and len(y_test) == 3 and sorted([*y_train, *y_test]) == list(range(10))
    assert np.array_equal(X_train, X[y_train]) and np.array_equal(X_test, X[y_test])
    assert np.array_equal(datasets.train_test_split(X, y, 0.3, rng=4)[3], y_test)
    assert len(datasets.train_test_split(X, y, test_size=4)[3]) == 4
    assert len(datasets.train_test_split(X, y, test_size=0.01)[3]) == 1
    with pytest.raises(DataError, match=r"^test_size=1\.0 of 10 examples leaves a part empty\."):
        datasets.train_test_split(X, y, 1.0)
    with pytest.raises(DataError, match=r"^test_size=10 of 10 examples"):
        datasets.train_test_split(X, y, 10)
    with pytest.raises(
        DataError, match=r"^X and y must have the same length, got X of shape \(10, 2\) and y of shape \(9,\)\."
    ):
        datasets.train_test_split(X, y[1:])


# ── CSV ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def read(tmp_path):
    def from_text(text, **options):
        path = tmp_path / "d.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        try:
            return datasets.csv(path, **options)
        except ChalkgradError as error:
            raise type(error)(str(error).replace(str(path), "d.csv")) from None

    return from_text


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("a,b,out\n1,2,0\n3,4.5,1\n", {"target": "out"}),
        ("out,a,b\n0,1,2\n1,3,4.5\n", {"target": "out"}),
        ("1,2,0\n3,4.5,1\n", {}),
        ("0,1,2\n1,3,4.5", {"target": 0}),
        (b"\xef\xbb\xbfa;b;out\r\n1;2;0\r\n\r\n3;4.5;1\r\n", {"target": "out"}),
        ('"a, mean"\tb\tout\n 1\t2 \t0\n3\t4.5\t1\n', {}),
        ("a,b,out\n1,2,no\n3,4.5,yes\n", {"classes": ["no", "yes"]}),
        ("1,2,no\n3,4.5,yes\n", {"classes": ["no", "yes"]}),
        ("1:2:0\n3:4.5:1\n", {"delimiter": ":"}),
    ],
)
def test_csv(read, text, options):
    X, y = read(text, **options)
    assert X.tolist() == [[1, 2], [3, 4.5]] and y.tolist() == [0, 1]


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ("", {}, "'d.csv' is empty. Give a file with a row for each example."),
        ("\n \n", {}, "'d.csv' is empty. Give a file with a row for each example."),
        ("a,b\n", {}, "'d.csv' has the columns' names but no row. Give a row for each example."),
        (
            "a,b\n1,2\n\n3,\n",
            {},
            "A value is missing at line 4, column 'b' of 'd.csv'. Fill it in or leave the row out.",
        ),
        ("1,2\nNaN,4", {}, "A value is missing at line 2, column '0' of 'd.csv'. Fill it in or leave the row out."),
        (
            "a,b\n1,2\ninf,4",
            {},
            "'inf' at line 3, column 'a' of 'd.csv' is not finite. Fill it in or leave the row out.",
        ),
        (
            "a,b\n1,2\n3,four",
            {},
            "'four' at line 3, column 'b' of 'd.csv' is not a number. Replace it, for example no and yes by 0 and 1.",
        ),
        (
            "a,b\n1,2\n3\n",
            {},
            "Line 3 of 'd.csv' has 1 cell, line 1 has 2. Give every row the same number.",
        ),
        ("1,2\n3,4,5", {}, "Line 2 of 'd.csv' has 3 cells, line 1 has 2. Give every row the same number."),
        ("a,b\n1,2", {"target": "c"}, "'d.csv' has no column 'c'. Choose one of 'a', 'b'."),
        ("a,a\n1,2", {"target": "a"}, "'d.csv' has 2 columns 'a'. Choose one of 'a', 'a'."),
        ("1,2", {"target": "c"}, "'d.csv' has no column 'c': its first line has no names. Give the column's place."),
        ("1,2", {"target": 2}, "'d.csv' has no column 2, only 2 columns. Give a place from 0, or -1."),
        ("a\n1\n", {}, "'d.csv' has one column, 'a'. Give inputs and a target, or name the delimiter."),
        (
            "a,b\n1,no\n2,maybe",
            {"classes": ["no", "yes"]},
            "Unknown class 'maybe' at line 3, column 'b' of 'd.csv'. Choose one of 'no', 'yes'.",
        ),
        (b"a,b\n1,\xff", {}, "'d.csv' is not text in UTF-8. Export it as CSV in UTF-8."),
        ('a,b\n1,"2', {}, "Line 2 of 'd.csv' is not CSV: unexpected end of data. Check its quotes."),
        ("1,2", {"delimiter": ",,"}, "The delimiter ',,' is not one character. Try ','."),
        ("1,2", {"delimiter": 7}, "The delimiter 7 is not one character. Try ','."),
    ],
)
def test_csv_errors_name_the_place(read, text, options, message):
    with pytest.raises((DataError, FileError)) as caught:
        read(text, **options)
    assert str(caught.value) == message


def test_mistakes_of_the_reader_are_not_blamed_on_the_delimiter(read, monkeypatch):
    def broken(*_, **__):
        raise TypeError("a mistake")

    monkeypatch.setattr("nn.csv.reader.reader", broken)
    with pytest.raises(TypeError, match="a mistake"):
        read("1,2")


def test_csv_of_no_file(tmp_path):
    with pytest.raises(FileError, match=r"missing\.csv' cannot be read: No such file or directory\."):
        datasets.csv(tmp_path / "missing.csv")
    with pytest.raises(OSError, match="Is a directory"):
        datasets.csv(tmp_path)


def test_csv_of_what_never_ends(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in ("/dev/zero", pipe):
        with pytest.raises(FileError) as caught:
            datasets.csv(path)
        assert str(caught.value) == f"'{path}' cannot be read: It is a device or a pipe. Give the path of a CSV file."
