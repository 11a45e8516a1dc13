"""Our own keys in Python: derivatives against the graph's, updates against nn's optimisers, the way back, words."""

from __future__ import annotations

import hashlib
import math

import numpy as np
import pytest

from autograd import Value, grad, parse
from nn import DivergenceError, ModelError, optimizers, playground
from nn.playground import activations, dropout, formulas, scores
from nn.playground.functions import FUNCTIONS
from nn.playground.losses import CROSS_ENTROPY

SMALL = "#networkShape=3&percTrainData=10&seed=0.4"


def derivatives(play):
    """What the network has added up, in the order of the model's parameters."""
    sums = [
        (*row, b) for layer in play._network.layers for row, b in zip(layer.weight_sums, layer.bias_sums, strict=True)
    ]
    return [x for row in sums for x in row]


def numbers(play):
    return [x.data for x in play.model.parameters()]


LINKS = [
    "&cg_classes=3", "&cg_classes=5&dataset=spiral&noise=30", "&cg_dropout=0.5&networkShape=6,3",
    "&cg_classes=4&dataset=xor&cg_dropout=0.4&networkShape=4,4", "&cg_inputs=sin(x+y),x^2*y&problem=regression",
    "&cg_activations=,gelu&networkShape=2,2",
    "&cg_classes=3&dataset=gauss&cg_inputs=2*x",
]  # fmt: skip


@pytest.mark.parametrize("link", LINKS)
def test_derivatives_are_those_of_the_graph(link):
    play = playground.from_link(f"{SMALL}&batchSize=1000{link}")
    total = np.zeros(play.model.count)
    for _ in range(3):
        total += grad(play.graph(), play.model.parameters())
        play.step(samples=1)
    assert derivatives(play) == pytest.approx(total.tolist(), rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("name", activations.NAMES)
def test_each_activation_has_the_tables_value_and_slope(name):
    play = playground.from_link(f"{SMALL}&batchSize=1000&cg_activations={name}")
    losses = [play.graph(place).data for place in range(len(play.train))]
    assert play.losses.train == pytest.approx(sum(losses) / len(losses), rel=1e-13)
    slopes = grad(play.graph(), play.model.parameters())
    assert derivatives(play.step(samples=1)) == pytest.approx(slopes, rel=1e-12, abs=1e-15)


def test_what_is_too_large_for_a_float_is_nan_and_training_stops():
    f = activations.activation("exp", FUNCTIONS["fdlibm"])
    assert math.isnan(f.function(1e3)) and math.isnan(f.slope(1e3, 1.0)) and f.slope(0.0, 1.0) == 1
    step = activations.activation("heaviside", FUNCTIONS["fdlibm"])
    assert (step.function(2.0), step.slope(2.0, 1.0)) == (1, 0)
    play = playground.from_link("#cg_activations=exp&learningRate=10&seed=0.5&problem=regression")
    with pytest.raises(DivergenceError):
        play.step(5)
    assert all(map(math.isfinite, numbers(play)))
    assert math.isnan(CROSS_ENTROPY.value([math.inf, 0.0], 1.0))
    assert all(map(math.isnan, CROSS_ENTROPY.slopes([math.nan, 0.0], 1.0)))


@pytest.mark.parametrize("name", ["sgd", *(name for name in optimizers.OPTIMIZERS if name != "sgd")])
def test_an_update_is_that_of_the_optimiser(name):
    play = playground.from_link(f"{SMALL}&batchSize=4&cg_optimizer={name}&cg_classes=3")
    rule = optimizers.OPTIMIZERS[name](learning_rate=0.03)
    p = np.array(numbers(play))
    state = rule.start(p)
    for _ in range(3):
        mean = (
            sum(np.array(grad(play.graph(k), play.model.parameters())) for k in range(play.sample, play.sample + 4)) / 4
        )
        state, p = rule.update(state, mean, p)
        assert numbers(play.step(batches=1)) == pytest.approx(p.tolist(), rel=1e-9, abs=1e-13)
    table = play.state
    assert table.steps == (0 if name == "sgd" else 3)
    assert list(table.rows) == list(play.model.named_parameters())
    assert [row[0] for row in table.rows.values()] == numbers(play)
    for i, slot in enumerate(table.columns[1:], 1):
        assert [row[i] for row in table.rows.values()] == pytest.approx(state.slots[slot].tolist(), rel=1e-9, abs=1e-13)
    left = {slot for slot in state.slots if slot not in table.columns}  # those that the rule leaves alone
    assert name == "sgd" or all((state.slots[slot] == rule.start(p).slots[slot]).all() for slot in left)


@pytest.mark.parametrize("penalty", ["L1", "L2"])
def test_a_penalty_follows_an_optimisers_step(penalty):
    link = f"{SMALL}&batchSize=5&cg_optimizer=adam&regularizationRate=0.5"
    plain, shrunk = playground.from_link(link), playground.from_link(f"{link}&regularization={penalty}")
    before = numbers(plain)
    for play in (plain, shrunk):
        play.step(batches=1)
    for name, w, old, new in zip(plain.model.named_parameters(), numbers(plain), before, numbers(shrunk), strict=True):
        slope = 0 if name.endswith(".b") else old if penalty == "L2" else math.copysign(1, old)
        expected = w - 0.03 * 0.5 * slope
        dies = penalty == "L1" and w * expected < 0
        assert new == pytest.approx(0 if dies else expected, rel=1e-14)
        assert (name in shrunk.dead) == dies
    shrunk.step(3)
    assert bool(shrunk.dead) == (penalty == "L1")
    assert all(shrunk.model.named_parameters()[name].data == 0 for name in shrunk.dead)


def test_dropout_is_of_its_rate_and_depends_on_the_clock_alone():
    chances = [dropout.chance(place, node) for place in range(300) for node in range(2, 9)]
    assert all(0 <= x < 1 for x in chances) and len(set(chances)) == len(chances)
    assert [
        sum(low <= x < low + 0.25 for x in chances) / len(chances) for low in (0, 0.25, 0.5, 0.75)
    ] == pytest.approx([0.25] * 4, abs=0.03)
    rows = dropout.masks(0.2, 7, [2, 50, 40, 1])
    assert [len(row) for row in rows] == [50, 40] and {x for row in rows for x in row} == {0.0, 1.25}
    assert rows[0] == [0.0 if dropout.chance(7, 2 + j) < 0.2 else 1.25 for j in range(50)]
    assert rows[1] == [0.0 if dropout.chance(7, 52 + j) < 0.2 else 1.25 for j in range(40)]


def test_what_is_predicted_has_no_dropout():
    play = playground.from_link(f"{SMALL}&cg_dropout=0.9")
    assert play.losses == playground.from_link(SMALL).losses
    assert play.graph(0).data == playground.from_link(SMALL).graph(0).data
    assert play.step(1).losses != playground.from_link(SMALL).step(1).losses


@pytest.mark.parametrize(
    "link", ["&cg_optimizer=nadam&cg_dropout=0.3", "&cg_classes=3&cg_optimizer=adadelta&batchSize=7"]
)
def test_steps_back_have_equal_bits(link):
    play, states = playground.from_link(SMALL + link), []
    for _ in range(60):
        states.append((play.weights, play.state.steps, play.state.rows))
        play.step(batches=1)
    for state in reversed(states):
        play.back(batches=1)
        assert (play.weights, play.state.steps, play.state.rows) == state
    play.step(2).change(dropout=0.5).step(samples=9)
    time, later = play.time, play.weights
    play.step(1)
    assert play.back(samples=play.time - time).weights == later


def test_accuracy_and_confusion_count_the_points():
    play = playground.from_link("#cg_classes=3&seed=0.5&dataset=gauss&noise=30").step(3)
    for points, table, share in zip((play.train, play.test), play.confusion, play.accuracy, strict=True):
        guesses = np.array([np.argmax([p.data for p in play.model(row[:2])]) for row in points.tolist()])
        assert table.tolist() == [
            [int(((points[:, 2] == i) & (guesses == j)).sum()) for j in range(3)] for i in range(3)
        ]
        assert share == (guesses == points[:, 2]).mean()
    two = playground.from_link("#dataset=xor&seed=0.5&percTrainData=100")
    right = [(two.model(row[:2])[0].data >= 0) == (row[2] > 0) for row in two.train.tolist()]
    assert two.accuracy.train == np.mean(right) and math.isnan(two.accuracy.test)
    assert two.confusion.test.tolist() == [[0, 0], [0, 0]]
    assert (two.classes, play.classes) == ((-1.0, 1.0), (0.0, 1.0, 2.0))
    assert scores.share(np.array([[3, 1], [0, 4]])) == 7 / 8


def test_probabilities_and_logits_of_classes():
    play = playground.from_link("#cg_classes=4&seed=0.5&networkShape=2").step(2)
    shares = [p.data for p in play.model([1.0, -2.0])]
    assert sum(shares) == pytest.approx(1)
    assert play.graph([1.0, -2.0, 3.0]).data == pytest.approx(-math.log(shares[3]))
    assert [layer.units for layer in play.model.layers] == [2, 4]
    assert repr(play).startswith("<Playground: circle, network 2-2-4, ")
    assert repr(play.again(problem="regression")).startswith("<Playground: reg-plane, network 2-2-1, ")


@pytest.mark.parametrize("name", ["circle", "xor", "gauss", "spiral"])
@pytest.mark.parametrize("k", [3, 5])
def test_sets_of_more_classes_are_where_they_say(name, k):
    play = playground.new(dataset=name, classes=k, seed="0.5", perc_train_data=100)
    x, y, label = play.train.T
    assert np.bincount(label.astype(int)).tolist() == [500 // k] * k
    r, angle = np.hypot(x, y), np.arctan2(y, x) % (2 * np.pi)
    if name == "circle":
        assert ((label + 0.15) * 5 / k <= r).all() and (r <= (label + 0.85) * 5 / k).all()
    if name == "xor":
        assert (np.floor(angle * k / np.pi) % k == label).all() and r.min() >= 0.6 and r.max() <= 5
        assert len(np.unique(np.floor(angle * k / np.pi))) == 2 * k
    if name == "gauss":
        centres = [[x[label == c].mean(), y[label == c].mean()] for c in range(k)]
        turned = 2 * np.pi * np.arange(k) / k + np.pi / 2
        assert np.allclose(centres, 3 * np.column_stack([np.cos(turned), np.sin(turned)]), atol=0.3)
        assert np.isclose([x[label == c].var() for c in range(k)], 0.5, atol=0.2).all()
    if name == "spiral":
        off = (np.arctan2(x, y) - 2 * np.pi * label / k - 3.5 * np.pi * r / 5 + np.pi) % (2 * np.pi) - np.pi
        assert np.abs(off[r > 0]).max() < 1e-9 and r.max() < 5
    noisy = playground.new(dataset=name, classes=k, seed="0.5", perc_train_data=100, noise=50)
    assert (np.sort(noisy.train[:, 0]) != np.sort(x)).any()


CHROMIUM = {  # of the points that the page has there, which a browser test compares with ours
    ("circle", 3): "a9cdc53dd98ad417",
    ("xor", 5): "d04509f1de99053f",
    ("gauss", 3): "a1889f10495193e7",
    ("spiral", 3): "f495b93b7732a90f",
}


@pytest.mark.parametrize(("name", "k"), CHROMIUM)
def test_sets_of_more_classes_have_the_pages_bits(name, k):
    play = playground.from_link(f"#dataset={name}&cg_classes={k}&noise=35&seed=0.5")
    points = np.concatenate([play.train, play.test]) + 0.0
    assert hashlib.sha256(points.astype("<f8").tobytes()).hexdigest()[:16] == CHROMIUM[name, k]


# ── inputs of your own ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("x*y**2", "x*y**2"), ("-x^2+y/2", "-x^2+y/2"), ("sin(X + y) * exp(-x**2)", "sin(X+y)*exp(-x**2)"),
        ("sqrt(abs(x))-log(1+y^2)", "sqrt(abs(x))-log(1+y^2)"), ("2**-x", "2**-x"), ("((x))", "((x))"),
        ("x₁·x₂²−1e-1", "x₁·x₂²−1e-1"), ("3", "3"), (".5*x", ".5*x"), ("log(x-9)", "log(x-9)"), ("2.e1-x", "2.e1-x"),
    ],
)  # fmt: skip
def test_formulas_are_what_parse_reads(text, plain):
    assert formulas.plain(text) == plain
    known = {"x": 1.5, "y": -0.5} if "9" not in text else {"x": 9.5, "y": 0.0}
    spelled = text.lower().replace("x₁", "x").replace("x₂", "y")
    points = [(known["x"], known["y"], 1.0), (known["x"] + 1, known["y"], 1.0)]
    expected = [list(parse(f"f = {spelled}", x=x, y=y).values())[-1].data for x, y, _ in points]
    assert formulas.values(plain, points) == expected
    x, y = Value(known["x"], "x_1"), Value(known["y"], "x_2")
    assert formulas.graph(plain, x, y).name in (None, "x_1")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x +", "'x+' is no formula of x and y. "),
        ("mish(x)", "'mish(x)' has 'mish', which is no function or number here. "
         "Write a formula such as x*y or sin(x)."),
        ("pi*x", "'pi*x' has 'pi', which is no function or number here. Write a formula such as x*y or sin(x)."),
        ("leaky_relu(x)", "'leaky_relu(x)' has 'leaky_relu', which is no function or number here. "
         "Write a formula such as x*y or sin(x)."),
        ("2x", "'2x' lacks something between '2' and 'x'. Write a formula such as x*y or sin(x)."),
        ("x(y)", "'x(y)' lacks something between 'x' and '('. Write a formula such as x*y or sin(x)."),
        ("(x)(y)", "'(x)(y)' lacks something between ')' and '('. Write a formula such as x*y or sin(x)."),
        ("x*+y", "'x*+y' lacks something between '*' and '+'. Write a formula such as x*y or sin(x)."),
        ("+x", "'+x' lacks something between '(' and '+'. Write a formula such as x*y or sin(x)."),
        ("x>0", "'x>0' has a sign that means nothing here. Write a formula such as x*y or sin(x)."),
        ("x, y", "'x, y' has a comma, &, = or #, which a link reads otherwise. Write a formula such as x*y or sin(x)."),
        ("sin+x", "'sin+x' is no formula of x and y. "),
    ],
)  # fmt: skip
def test_what_is_no_formula_is_refused(text, message):
    with pytest.raises(ModelError) as caught:
        playground.new(inputs=[text])
    assert str(caught.value).startswith(message) and (message.endswith(" ") or str(caught.value) == message)


def test_own_inputs_stand_behind_the_others_and_in_the_link():
    play = playground.new(inputs=["sin(x₁ + y)", "x^2"], sin_y=True, seed="1")
    assert play.inputs == ("x", "y", "sinY", "sin(x₁+y)", "x^2")
    assert play.link.endswith("&cg_inputs=sin(x%E2%82%81+y),x^2")
    again = playground.from_link(play.link)
    assert again.inputs == play.inputs and again.weights == play.weights and again.link == play.link
    x, y, _ = play.train[0]
    assert play._train[0][0] == pytest.approx([x, y, math.sin(y), math.sin(x + y), x * x], rel=1e-14)
    with pytest.raises(ModelError) as caught:
        playground.new(inputs=["log(x)"], seed="0.5", dataset="xor")
    assert str(caught.value) == (
        "log(x) has no value at x₁ = −1.352, x₂ = −4.48. Keep it away from there, as in sqrt(abs(x))."
    )


# ── links ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("cg_activations=elu,what", "cg_activations=elu,"), ("cg_activations=,,gelu", "cg_activations=,,gelu"),
        ("cg_optimizer=what", ""), ("cg_optimizer=sgd", ""), ("cg_classes=2", ""), ("cg_activations=what", ""),
        ("cg_rival=adam&cg_rivalRate=0.1", "cg_rival=adam&cg_rivalRate=0.1"), ("cg_rival=none", ""),
        ("cg_stopLoss=0.1&cg_stopEpoch=9", "cg_stopEpoch=9&cg_stopLoss=0.1"), ("cg_dropout=0.25", "cg_dropout=0.25"),
        ("cg_inputs=x*y", "cg_inputs=x*y"), ("cg_later=1", "cg_later=1"),
    ],
)  # fmt: skip
def test_our_keys_are_written_where_they_say_something(text, written):
    plain = playground.from_link("#seed=1").link
    assert playground.from_link(f"#seed=1&{text}").link == plain + ("&" + written if written else "")


@pytest.mark.parametrize(
    ("controls", "message"),
    [
        ({"classes": 6}, "cg_classes must be a whole number from 2 to 5, got 6."),
        ({"classes": 2.5}, "cg_classes must be a whole number from 2 to 5, got 2.5."),
        ({"dropout": 0.95}, "cg_dropout must be a number from 0 to 0.9, got 0.95."),
        ({"dropout": -0.1}, "cg_dropout must be a number from 0 to 0.9, got -0.1."),
        ({"stop_loss": -1}, "cg_stopLoss must be a number of at least 0, got -1."),
        ({"inputs": "x*y"}, "cg_inputs must list formulas, got 'x*y'. Try ['x*y']."),
        ({"inputs": [1]}, "cg_inputs must list formulas, got [1]. Try ['x*y']."),
        ({"activations": ["what"]},
         f"Unknown entry of cg_activations 'what'. Choose one of {', '.join(activations.NAMES)}."),
        ({"activations": "elu"}, "cg_activations must list names, one for each hidden layer, got 'elu'. Try ['elu']."),
    ],
)  # fmt: skip
def test_what_our_keys_refuse(controls, message):
    with pytest.raises(ModelError) as caught:
        playground.new(**controls)
    assert str(caught.value) == message


def test_activations_of_layers_take_the_place_of_that_of_all():
    play = playground.new(activations=["elu", None], network_shape=[2, 2, 2], activation="relu", seed="1")
    assert [layer.activation for layer in play.model.layers] == ["elu", "relu", "relu", "tanh"]
    assert play.link.endswith("&cg_activations=elu,")


# ── where it stops ────────────────────────────────────────────────────────────────────────────────


def test_training_stops_at_a_condition():
    play = playground.from_link("#dataset=gauss&seed=0.5&networkShape=2")
    play.step(until=lambda play: play.losses.test < 0.1)
    assert play.sample == 0 and play.losses.test < 0.1 <= play.back(1).losses.test
    asked = []
    play.reset().step(3, until=lambda play: asked.append(play.time))
    assert (play.epoch, asked) == (3, [0, 250, 500])
    assert play.step(samples=30, until=lambda play: False).sample == 30
    assert play.step(until=lambda play: True).sample == 30
    assert play.step(batches=1, until=lambda play: False).sample == 40


def test_run_stops_at_what_the_link_says():
    link = "#dataset=gauss&seed=0.5&networkShape=2"
    assert playground.from_link(link + "&cg_stopEpoch=3").run().epoch == 3
    play = playground.from_link(link + "&cg_stopLoss=0.1&cg_stopEpoch=90").run()
    assert play.losses.test <= 0.1 < play.back(1).losses.test
    assert playground.from_link(link + "&cg_stopLoss=1e-9").run(most=2).epoch == 2
    assert playground.from_link(link).change(stop_epoch=2).run().run().epoch == 2
    with pytest.raises(ModelError) as caught:
        playground.from_link(link).run()
    assert str(caught.value) == ("No stop is set. Write play.change(stop_epoch=100), stop_loss=0.1, or step(until=…).")


def test_a_regression_has_no_classes():
    play = playground.new(problem="regression", seed="1")
    with pytest.raises(ModelError) as caught:
        play.accuracy
    assert str(caught.value) == (
        'A regression has no classes to count. Look at play.losses, or set problem="classification".'
    )
