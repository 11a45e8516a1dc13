"""A link with our own keys has the same numbers in the page and in Python: points, weights, losses, predictions."""

import re

import numpy as np
import pytest

import nn
import viz
from autograd import steps
from autograd.language.names import symbol
from nn.optimizers import OPTIMIZERS
from nn.playground import activations, dropout
from tests.nn.playground.test_own_keys import CHROMIUM
from tests.viz.playgrounds import test_playground_in_browser as page
from viz.playgrounds import mathematics

pytestmark = pytest.mark.browser
browser_page, file, opened = page.browser_page, page.file, page.opened
ROWS = "[play.train, play.test].map(list => list.map(p => [p.x, p.y, p.label]))"
SMALL = "#networkShape=3&percTrainData=10&seed=0.4"


def same(tab, play, to=1e-12):
    """The weights and the losses of both; of numbers near 0 the difference beside 1."""
    told = [x for neuron in tab.evaluate("play.weights()") for x in neuron]
    assert told == pytest.approx([x for neuron in play.weights for x in neuron], rel=to, abs=to)
    assert tab.evaluate("play.losses") == pytest.approx(list(play.losses), rel=to, abs=to)


LINKS = [
    "#cg_classes=3&seed=0.5&learningRate=0.1",
    "#cg_classes=5&dataset=spiral&noise=20&seed=0.5&networkShape=6&cg_activations=gelu",
    "#cg_classes=4&dataset=xor&noise=30&seed=0.5&activation=relu&regularization=L1&regularizationRate=0.003",
    "#cg_classes=3&dataset=gauss&noise=25&seed=0.5&cg_optimizer=adam&regularization=L2&regularizationRate=0.01",
    "#cg_classes=4&dataset=spiral&seed=0.2&cg_dropout=0.3&networkShape=6,5&cg_optimizer=rmsprop&learningRate=0.01",
    "#cg_dropout=0.5&networkShape=8,3&seed=0.7&batchSize=7",
    "#problem=regression&regDataset=reg-gauss&cg_activations=softplus,sin&cg_dropout=0.1&seed=0.3&cg_optimizer=lion",
    "#cg_inputs=sin(x+y),x^2*y,sqrt(abs(x))-log(1+y^2)&seed=0.9&dataset=spiral&cg_optimizer=nadam&sinX=true",
    "#cg_classes=3&problem=regression&seed=0.5&cg_activations=,elu",
    "#regularization=L1&regularizationRate=0.03&cg_optimizer=momentum&seed=0.5&cg_redraws=2&cg_functions=system",
]


@pytest.mark.parametrize("link", LINKS)
def test_a_link_with_our_keys_gives_pythons_numbers(link, opened):
    tab, play = opened(link), nn.playground.from_link(link)
    assert tab.evaluate(ROWS) == [play.train.tolist(), play.test.tolist()]
    for epoch in (0, 1, 6):
        page.epochs(tab, epoch)
        play.step(epoch - play.epoch)
        same(tab, play)
    assert tab.evaluate("play.net.dead.reduce((sum, x) => sum + x)") == len(play.dead)
    assert tab.evaluate("writeLink(play.state)") == play.link
    if play.classes:
        counted = "play.sets.map(({ labels }, i) => confusion(play.outputs()[i], labels, play.classes))"
        assert tab.evaluate(counted) == [table.tolist() for table in play.confusion]


def test_sets_of_more_classes_have_equal_bits(opened):
    tab = opened()
    for name, k in CHROMIUM:
        link = f"#dataset={name}&cg_classes={k}&noise=35&seed=0.5"
        play = nn.playground.from_link(link)
        tab.evaluate(f"begin(readLink('{link}'))")
        assert tab.evaluate(ROWS) == [play.train.tolist(), play.test.tolist()]


@pytest.mark.parametrize("name", [name for name in OPTIMIZERS if name != "sgd"])
def test_each_optimiser_and_its_averages(name, opened):
    link = f"{SMALL}&cg_optimizer={name}&learningRate=0.01"
    tab, play = opened(link), nn.playground.from_link(link)
    page.epochs(tab, 4)
    same(tab, play.step(4))
    assert tab.evaluate("Object.keys(play.net.rule.slots)") == list(play.state.columns[1:])
    assert tab.evaluate("play.net.memory[1]") == play.state.steps
    slots = tab.evaluate(
        "Object.values(play.net.slots).map(slot => play.net.w.map((_, k) => slot[k])).map(slot => [...slot])"
    )
    mine = [[row[1 + i] for key, row in play.state.rows.items() if not key.endswith(".b")] for i in range(len(slots))]
    assert [x for slot in slots for x in slot] == pytest.approx([x for slot in mine for x in slot], rel=1e-9, abs=1e-12)


def test_each_activation(opened):
    assert set(activations.NAMES) == set(mathematics.activations())
    tab = opened(SMALL)
    for name in activations.NAMES:
        link = f"{SMALL}&cg_activations={name}&learningRate=0.003"
        tab.evaluate(f"begin(readLink('{link}'))")
        play = nn.playground.from_link(link)
        for _ in range(2):
            tab.evaluate("play.clock.ahead('epoch')")
        same(tab, play.step(2))


def test_dropout_leaves_out_the_same_neurons(opened):
    places = [(0, 0), (0, 2), (1, 2), (249, 7), (123456, 13), (2**31, 5)]
    told = opened().evaluate(f"{[list(place) for place in places]}.map(([place, node]) => chance(place, node))")
    assert told == [dropout.chance(*place) for place in places]


def test_a_change_while_it_trains_and_the_way_back(opened):
    link = "#cg_classes=3&cg_optimizer=adam&cg_dropout=0.2&seed=0.4"
    tab, play = opened(link), nn.playground.from_link(link).step(2)
    page.epochs(tab, 2)
    tab.select_option("#cg_dropout", "0.5")
    page.epochs(tab, 4)
    first = play.change(dropout=0.5).weights
    same(tab, play.step(2))
    assert play.back(2).weights == first
    for _ in range(2):
        tab.evaluate("play.clock.back('epoch')")
    same(tab, play)


# ── the board ─────────────────────────────────────────────────────────────────────────────────────

# Those whose numbers the original's own code has computed.
ORIGINALS = [
    "#networkShape=4,2&seed=0.59704",
    "#dataset=xor&networkShape=1&seed=0.60237",
    "#activation=sigmoid&regularization=L1&batchSize=7&dataset=xor&learningRate=0.1&regularizationRate=0.01&noise=20"
    "&networkShape=5,3&seed=0.31448&percTrainData=40",
    "#regularization=L2&batchSize=30&regDataset=reg-gauss&regularizationRate=0.003&noise=10&networkShape=8,4"
    "&seed=0.88062&percTrainData=70&sinX=true&problem=regression&y_hide=false",
]
SIDES = re.compile(" [=≈←] ")
OPERATIONS = "operations(trace()).filter(({ of }) => of).map(({ text }) => text())"
UPDATES = """play.net.sizes.slice(1)
  .flatMap((size, l) => Array.from({ length: size }, (_, j) => play.net.first[l + 1] + j))
  .map(node => [...incoming(node).map(([link]) => ({ link })), { node, bias: true }].map(x => updateLines(x, trace())))
"""


def trained(tab, link, epochs, samples):
    """The page's play and Python's, after so much."""
    page.epochs(tab, epochs)
    tab.evaluate(f"(() => {{ for (let k = 0; k < {samples}; k++) play.clock.ahead('sample'); }})()")
    return nn.playground.from_link(link).step(epochs).step(samples=samples)


@pytest.mark.parametrize("link", ORIGINALS)
def test_the_board_has_all_lines_of_steps_to_the_digits_printed(link, opened):
    tab = opened(link)
    play = trained(tab, link, 50, 6)  # the update is due behind the next sample, or not yet
    theirs = [step.unicode for step in steps(play.graph(), level="named")]
    if "sinX" in play.inputs:  # of the point itself the page has no slopes then
        theirs = [line for line in theirs if not line.startswith("∂L/∂x")]
    lines = [(set(SIDES.split(line)), line) for line in tab.evaluate(OPERATIONS)]
    missing = [set(SIDES.split(line)) - mine for (mine, _), line in zip(lines, theirs, strict=True)]
    assert missing == [set()] * len(theirs)
    if link == ORIGINALS[2]:
        names, told = [*play.model.named_parameters()], [row for neuron in tab.evaluate(UPDATES) for row in neuron]
        assert len(told) == len(names)
        assert [row for row in told if "is dead" in row[0]] and [row for row in told if "←" in row[-1]]
        for name, row in zip(names, told, strict=True):
            assert play.explain(name).lines[1:] == tuple(row)


@pytest.mark.parametrize(
    "link",
    [
        "#cg_classes=3&seed=0.5&cg_activations=gelu,softplus",
        "#cg_inputs=sin(x*y),x^2/8&seed=0.6&problem=regression",
        "#cg_dropout=0.4&networkShape=5,4&seed=0.5&cg_optimizer=adam",
    ],
)
def test_the_numbers_behind_our_keys_are_those_of_steps(link, opened):
    """Values and derivatives by their names, whatever the words of a line are."""
    tab = opened(link)
    play = trained(tab, link, 0, 14)
    last = lambda line: (SIDES.split(line)[0], SIDES.split(line)[-1])  # noqa: E731
    mine = dict(map(last, tab.evaluate(OPERATIONS)))
    theirs = dict(last(step.unicode) for step in steps(play.graph(), level="named"))
    shared = theirs.keys() & mine.keys()
    if play.controls["dropout"]:  # the page's a is what dropout leaves of it
        shared = {name for name in shared if not name.startswith("a")}
    assert {name: mine[name] for name in shared} == {name: theirs[name] for name in shared}
    parameters = {f"∂L/∂{symbol(name)}" for name in play.model.named_parameters()}
    assert parameters <= shared and "L" in shared


# ── own data ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("labels", "controls"),
    [
        (lambda X: np.where(X[:, 0] > 4, "late", "early"), {}),
        (lambda X: np.digitize(X[:, 1], [-1.5, -0.5, 0.5]), {"optimizer": "adam"}),
        (lambda X: X @ [0.5, 3.0], {"regularization": "L2", "regularization_rate": 0.01}),
    ],
)
@pytest.mark.parametrize("rows", [60, 150])
def test_own_data_are_the_same_in_a_page_made_of_a_play(rows, labels, controls, browser_page, tmp_path):
    X = np.random.default_rng(0).normal(size=(rows, 2)) * [3, 1] + [5, -1]
    play = nn.playground.from_data(X, labels(X), seed="0.5", **controls)
    assert ("cg_data" in play.link) == (rows == 60)  # 4,000 characters
    path = viz.playground(play).save(tmp_path / "own.html")
    browser_page.goto("about:blank")
    browser_page.goto(f"file://{path}")
    assert browser_page.evaluate(ROWS) == [play.train.tolist(), play.test.tolist()]
    page.epochs(browser_page, 3)
    same(browser_page, play.step(3))
    assert browser_page.evaluate("writeLink(play.state)") == play.link
