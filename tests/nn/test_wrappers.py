"""A model as an estimator of scikit-learn's: labels of every kind, what goes to its function, searches and folds."""

from __future__ import annotations

import numpy as np
import pytest

import nn
from nn import ModelError
from nn.utils import to_categorical
from nn.wrappers import KerasClassifier, KerasRegressor
from tests.nn.test_parity import peer

X = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]] * 6) + np.arange(48).reshape(24, 2) / 1000
PLACES = (X.sum(1) > 1.5).astype(int)


def build(units=4, outputs=1):
    model = nn.MLP(2, [units, outputs], activation="tanh", output="sigmoid" if outputs == 1 else "softmax", rng=0)
    model.compile(nn.Adam(0.1), "binary_crossentropy" if outputs == 1 else "categorical_crossentropy")
    return model


def line(units=1):
    model = nn.MLP(2, [units], rng=0)
    model.compile(nn.SGD(0.3), "mse")
    return model


@pytest.mark.parametrize("outputs", [1, 2])
@pytest.mark.parametrize("labels", [PLACES, PLACES[:, None], np.array(["no", "yes"])[PLACES]], ids=["n", "n1", "text"])
def test_labels_come_back_as_they_were(labels, outputs):
    classifier = KerasClassifier(build, outputs=outputs, epochs=60).fit(X, labels)
    p = classifier.predict_proba(X)
    assert p.shape == (24, 2) and p.sum(1) == pytest.approx(1)
    assert classifier.predict(X).tolist() == np.ravel(labels).tolist() and classifier.score(X, labels) == 1
    wrong = np.where(np.arange(24) < 6, np.roll(np.unique(labels), 1)[PLACES], np.ravel(labels))
    assert classifier.score(X, wrong) == 0.75


def test_rows_of_zeros_and_a_one():
    rows = to_categorical(PLACES)
    classifier = KerasClassifier(build_fn=build, model__outputs=2, epochs=60).fit(X, rows)
    assert classifier.predict(X).tolist() == rows.tolist() and classifier.classes_.tolist() == [0, 1]
    assert classifier.score(X, rows) == 1 and classifier.score(X, 1 - rows) == 0


def test_numbers_are_predicted_flat():
    regressor = KerasRegressor(line, epochs=200, shuffle=False).fit(X, 2 * X[:, 0] + 1)
    assert regressor.predict(X) == pytest.approx(2 * X[:, 0] + 1, abs=1e-3) and regressor.predict(X).shape == (24,)
    assert regressor.score(X, 2 * X[:, 0] + 1) > 0.9999 and regressor.score(X, -X[:, 0]) < 0
    both = KerasRegressor(line, units=2, epochs=1).fit(X, X)
    assert both.predict(X).shape == (24, 2) and both.score(X, both.predict(X)) == 1


def test_arguments_go_where_they_are_taken():
    classifier = KerasClassifier(build, units=7, epochs=2, verbose=0).fit(X, PLACES, epochs=3)
    assert classifier.model_.layers[0].units == 7 and len(classifier.history_.epoch) == 3
    assert classifier.set_params(units=2) is classifier and classifier.get_params()["units"] == 2
    assert repr(KerasClassifier(build_fn="f", epochs=3)) == "KerasClassifier(build_fn='f', epochs=3)"
    with pytest.raises(ModelError) as caught:
        KerasRegressor().fit(X, PLACES)
    assert str(caught.value) == "KerasRegressor needs a function that makes a model, got None. Write one."


@pytest.mark.parity
def test_with_scikit_learn():
    peer("sklearn")
    from sklearn.base import clone, is_classifier, is_regressor
    from sklearn.model_selection import GridSearchCV, cross_val_score
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    classifier = KerasClassifier(build, units=3, epochs=40)
    assert is_classifier(classifier) and is_regressor(KerasRegressor(line))
    assert clone(classifier).get_params() == classifier.get_params()
    assert cross_val_score(make_pipeline(StandardScaler(), classifier), X, PLACES, cv=3).tolist() == [1, 1, 1]
    search = GridSearchCV(classifier, {"epochs": [1, 60], "units": [4]}, cv=2).fit(X, PLACES)
    assert search.best_params_ == {"epochs": 60, "units": 4}
    scores = cross_val_score(KerasRegressor(line, epochs=200), X, X[:, 0], cv=2, scoring="neg_mean_squared_error")
    assert scores == pytest.approx([0, 0], abs=1e-4)
