"""A point's graph, a number's lines, its next update; and what the lecture's questions say."""

from __future__ import annotations

import re

import pytest

from autograd import grad, steps
from autograd.language.formula import chain
from autograd.language.names import symbol
from autograd.language.numbers import figure
from nn import ModelError, playground
from nn.playground import QUESTIONS
from nn.playground.link import KEYS, OWN_KEYS
from tests import ROOT

LINK = "#dataset=xor&networkShape=2&seed=0.5&xSquared=true&sinY=true&xTimesY=true"
LINK += "&regularization=L1&regularizationRate=0.01"


@pytest.mark.parametrize("link", [LINK, "#activation=sigmoid&networkShape=3,2&seed=2&ySquared=true&sinX=true",
                                  "#problem=regression&activation=relu&networkShape=4&seed=3"])  # fmt: skip
def test_a_graph_has_the_derivatives_of_the_play(link):
    play = playground.from_link(link).step(samples=20)
    L = play.graph()
    inputs, label = play._train[20]
    network = playground.from_link(link).step(samples=20)._network
    for layer in network.layers:  # only this sample's
        layer.bias_sums, layer.weight_sums = [0.0] * len(layer.biases), [[0.0] * len(row) for row in layer.weights]
    error = network.forward(inputs)[0] - label
    network.backward(label)
    sums = [(*row, b) for layer in network.layers for b, row in zip(layer.bias_sums, layer.weight_sums, strict=True)]
    sums = [x for row in sums for x in row]
    assert L.data == pytest.approx(error * error / 2, rel=1e-12)
    assert grad(L, play.model.parameters()) == pytest.approx(sums, rel=1e-10, abs=1e-14)


def test_lines_are_those_of_the_steps():
    play = playground.from_link(LINK).step(samples=3)
    board = str(steps(play.graph(7), level="named"))
    for name in ("layer1.neuron2", "layer2.neuron1"):
        explanation = play.explain(name, 7)
        assert len(explanation.lines) == 4 and all(line in board for line in explanation.lines)
    assert str(explanation) == "\n".join(explanation.lines)
    first = play.explain("layer1.neuron1.w0", 7).lines
    assert first[0] in board and len(first) == 3
    assert len(play.again(network_shape=[], problem="regression").explain("layer1.neuron1").lines) == 2


@pytest.mark.parametrize("penalty", [None, "L1", "L2"])
def test_the_next_update_is_what_the_next_step_does(penalty):
    play = playground.from_link(LINK).change(regularization=penalty).step(samples=13)
    names = ("layer1.neuron2.w1", "layer1.neuron2.b", "layer2.neuron1.w0")
    updates = {name: play.next_update(name) for name in names}
    assert {update.n for update in updates.values()} == {10}
    before = {name: play.model.named_parameters()[name].data for name in names}
    play.step(batches=1)
    for name, update in updates.items():
        assert (update.old, update.new) == (before[name], play.model.named_parameters()[name].data)


def test_an_update_is_written_with_its_numbers():
    play = playground.from_link(LINK).step(samples=3)
    assert play.explain("layer1.neuron1.w2").lines[1:] == (
        "Σ ∂L/∂w[1]₁₂ over n = 10 samples ≈ 0.759883",
        "w[1]₁₂ ← w[1]₁₂ − (η/n) · Σ − η · λ · sign w[1]₁₂ "
        "≈ −0.152286 − (0.03/10) · 0.759883 − 0.03 · 0.01 · (−1) ≈ −0.154266",
    )
    assert play.explain("layer2.neuron1.b").lines[1].startswith("Σ ∂L/∂b[2]₁ over n = 10 samples ≈ ")
    assert "λ" not in play.explain("layer2.neuron1.b").lines[2]
    flat = playground.from_link("#networkShape=1&seed=1&initZero=true").explain("layer1.neuron1.w0").lines
    assert flat[1:] == ("Σ ∂L/∂w[1]₁₀ over n = 10 samples = 0", "w[1]₁₀ ← w[1]₁₀ − (η/n) · Σ ≈ 0 − (0.03/10) · 0 ≈ 0")


def test_a_dead_weight_says_so():
    play = playground.from_link("#dataset=xor&regularization=L1&regularizationRate=0.3&networkShape=4,4&seed=x").step(5)
    assert play.explain(play.dead[0]).lines[1:] == ("w[1]₁₀ is dead: L1 took it through 0, and it stays 0",)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda play: play.graph(250), "There are 250 training points, and no point 250. Count from 0."),
        (lambda play: play.graph([1.0]), "A point is a place in play.train or a row x, y, label, got 1 numbers."),
        (
            lambda play: play.again(network_shape=[], x_squared=False, x_times_y=False, sin_y=False).explain("w"),
            "Unknown neuron, weight or bias 'w'. Choose one of layer1.neuron1, layer1.neuron1.w0, layer1.neuron1.w1, "
            "layer1.neuron1.b.",
        ),
        (
            lambda play: play.change(batch_size=999).next_update("layer2.neuron1.b"),
            "No update comes: batch_size=999 is more than an epoch's 250 samples.",
        ),
    ],
)
def test_what_cannot_be_explained(call, message):
    with pytest.raises(ModelError) as caught:
        call(playground.from_link(LINK))
    assert str(caught.value) == message


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
def test_a_question_shows_what_it_says(question):
    play = question.play()
    assert question.holds(play), (question.claim, play.losses)


def test_questions_and_controls_stand_in_the_document():
    text = (ROOT / "docs" / "playground.md").read_text("utf-8")
    for question in QUESTIONS:
        assert f"[{question.name}](https://playground.tensorflow.org/{question.link}) | {question.sentence} |" in text
        assert f"| after {question.epochs} epochs {question.claim} |" in text
    for key in (*KEYS, *OWN_KEYS):
        assert f"| `{key.keyword}` | `{key.name}` | `{key.default!r}` | {key.says} |" in text


def test_questions_differ_where_they_are_compared():
    by_name = {question.name: question for question in QUESTIONS}
    plain, l2 = by_name["overfitting"].play(), by_name["overfitting and L2"].play()
    assert plain.losses.train < l2.losses.train and plain.losses.test > 0.33 > l2.losses.test
    vanishing = by_name["vanishing sigmoids"]
    steep = playground.from_link(vanishing.link.replace("sigmoid", "tanh"))
    ratios = []
    for play in (playground.from_link(vanishing.link), steep):
        for inputs, label in play._train:
            play._network.forward(inputs)
            play._network.backward(label)
        first, last = (sum(map(abs, play._network.layers[k].weight_sums[0])) for k in (0, -1))
        ratios.append(first / last)
    assert ratios[0] < 1e-4 < 1e-2 < ratios[1]


# ── with our own keys ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("link", [
    "&cg_optimizer=adam&cg_dropout=0.3", "&cg_optimizer=nadam&regularization=L2", "&cg_optimizer=lion&cg_classes=3",
    "&cg_optimizer=rmsprop&regularization=L1&regularizationRate=0.5", "&cg_optimizer=adamw&cg_activations=gelu",
])  # fmt: skip
def test_an_optimisers_next_update_is_what_the_next_step_does(link):
    play = playground.from_link(f"#seed=0.5&networkShape=1&regularizationRate=0.01{link}").step(1).step(samples=13)
    parameters = play.model.named_parameters()
    updates = {name: play.next_update(name) for name in parameters}
    lines = {name: play.explain(name).lines for name in parameters}
    before, state = {name: x.data for name, x in parameters.items()}, play.state
    play.step(batches=1)
    for name, update in updates.items():
        assert (update.n, update.old, update.new) == (10, before[name], parameters[name].data)
        assert (update.steps, [*update.averages.values()]) == (state.steps, [*state.rows[name][1:]])
        if update.dead:
            continue
        assert lines[name][2] == chain("g", "Σ/n", figure(update.total / 10)[0])
        if update.new:  # L1's step may kill
            last = [line for line in lines[name] if line.startswith(f"{symbol(name)} ←")][-1]
            assert re.split(" [≈=] ", last)[-1] == figure(update.new)[0]
    for name, row in play.state.rows.items():  # the averages' lines end in the averages
        told = dict(re.match(r"(\w)₁ [=≈] .* [=≈] (\S+)$", line).groups() for line in lines[name] if "₁ =" in line[:4])
        assert (
            updates[name].dead
            or told.items() <= dict(zip(play.state.columns[1:], (figure(x)[0] for x in row[1:]), strict=True)).items()
        )


def test_an_optimisers_step_is_written_in_the_words_of_its_rule():
    play = playground.from_link(
        "#seed=0.5&networkShape=1&cg_optimizer=momentum&regularization=L2&regularizationRate=0.1"
    )
    assert play.explain("layer1.neuron1.w0", 7).lines[2:] == (
        "g = Σ/n ≈ −0.0474118",
        "v₁ = v₀ · β + (1 − β) · g ≈ 0 · 0.9 + (1 − 0.9) · (−0.0474118) ≈ −0.00474118",
        "w[1]₁₀ ← w[1]₁₀ − η · v₁ ≈ 0.15073 − 0.03 · (−0.00474118) ≈ 0.150873",
        "w[1]₁₀ ← w[1]₁₀ − η · λ · w[1]₁₀ ≈ 0.150873 − 0.03 · 0.1 · 0.15073 ≈ 0.15042",
    )
    assert len(play.explain("layer1.neuron1.b", 7).lines) == 5
    adamw = playground.from_link("#seed=0.5&networkShape=1&cg_optimizer=adamw").explain("layer1.neuron1.b").lines
    assert "b[1]₁ − η · λ · b[1]₁" in adamw[-1] and "η · √(1 − β₂^(k + 1)) / (1 − β₁^(k + 1))" in adamw[-1]


def test_dropouts_factors_are_those_of_the_sample_that_comes_next():
    play = playground.from_link("#seed=0.5&networkShape=4,3&cg_dropout=0.4").step(samples=3)
    line = play.explain("layer3.neuron1").lines[0]
    assert {"a[2]₁ · 1.66667", "a[2]₂ · 0"} <= set(re.findall(r"a\[2\]. · [\d.]+", line)), line
    assert "1.66667" not in play.explain("layer3.neuron1", 3).lines[0]


def test_classes_are_explained_by_their_cross_entropy():
    play = playground.from_link("#seed=0.5&networkShape=2&cg_classes=3")
    board = str(steps(play.graph(4), level="named"))
    lines = play.explain("layer2.neuron2", 4).lines
    assert len(lines) == 2 and all(line in board for line in lines)
    assert play.graph([1.0, 2.0, 2]).data > 0
    with pytest.raises(ModelError) as caught:
        play.graph([1.0, 2.0, 3.0])
    assert str(caught.value) == "A point's label is a class from 0 to 2, got 3.0."
    assert lines[1].startswith("∂L/∂z[2]₂ = exp(z[2]₂ − logsumexp(z[2]₁, z[2]₂, z[2]₃))")
