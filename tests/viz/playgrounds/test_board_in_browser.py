"""The playground's board in a real browser: the words and numbers of `steps`, and the sample's graph step by step."""

import re

import pytest

import nn
from autograd import steps
from autograd.language.names import symbol
from autograd.language.numbers import figure
from tests.viz.playgrounds import test_playground_in_browser as pages
from tests.viz.playgrounds.test_playground_in_browser import CIRCLE, until

pytestmark = pytest.mark.browser
browser_page, file, opened = pages.browser_page, pages.file, pages.opened
SIDES = re.compile(" [=≈] ")
NUMBER = re.compile(r"(?<![\w[])(\d+\.?\d*)(?:·10([⁻⁰¹²³⁴-⁹]+))?")
LOW = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


def after(tab, link, samples):
    """The same play in the page and in Python, after so many samples."""
    tab.evaluate(f"(() => {{ for (let k = 0; k < {samples}; k++) play.clock.ahead('sample'); wake(); }})()")
    until(tab, "!frame")
    play = nn.playground.from_link(link)
    return play.step(samples=samples) if samples else play


def same(side, expected):
    """Whether words are equal and numbers too, but for what the last bits of a browser's functions change."""
    if NUMBER.sub("#", side) != NUMBER.sub("#", expected):
        return False
    mine, theirs = (
        [float(f"{x}e{y.translate(LOW) or 0}") for x, y in NUMBER.findall(text)] for text in (side, expected)
    )
    return mine == pytest.approx(theirs, rel=1e-5, abs=0)


def says(line, expected):
    """Whether a line has the same sides; it may have numbers that Python leaves out of a long one."""
    sides = iter(SIDES.split(line))
    return all(any(same(mine, side) for mine in sides) for side in SIDES.split(expected)) and ("≈" in line) == (
        "≈" in expected
    )


LINKS = [
    CIRCLE,
    "#dataset=xor&networkShape=3,9&seed=0.5&x=false",
    "#networkShape=10&activation=relu&seed=0.3&batchSize=1",
    "#networkShape=1,1,1,1,1,1&activation=sigmoid&seed=0.4",
    "#networkShape=2&activation=linear&seed=0.2&problem=regression&y=false",
    "#networkShape=&seed=0.1&initZero=true",
    "#cg_classes=3&dataset=gauss&networkShape=2&seed=0.1",
    "#cg_classes=5&networkShape=3&seed=0.1&activation=relu",
    "#cg_activations=gelu,elu,softplus,leaky_relu,abs,silu&networkShape=1,1,1,1,1,1&seed=0.2",
]
FORMULAS = [
    "#networkShape=1&seed=0.1&xTimesY=true&x=false&y=false",
    "#networkShape=2&activation=relu&seed=0.5&y=false&xSquared=true&sinX=true",
    "#networkShape=1&seed=0.1&cg_inputs=sin(x+y),x^2*y",
]


@pytest.mark.parametrize("samples", [0, 3, 137])
@pytest.mark.parametrize("link", [*LINKS, *FORMULAS])
def test_both_passes_are_those_of_steps(link, samples, opened):
    tab = opened(link)
    play = after(tab, link, samples)
    mine = tab.evaluate("operations(trace()).filter(({ of }) => of).map(({ text }) => text())")
    theirs = [step.unicode for step in steps(play.graph(), level="named")]
    if link in FORMULAS:  # of the point itself the page has no slopes then
        theirs = [line for line in theirs if not line.startswith("∂L/∂x")]
    assert [(a, b) for a, b in zip(mine, theirs, strict=True) if not says(a, b)] == []


@pytest.mark.parametrize("regularization", ["", "&regularization=L1", "&regularization=L2"])
@pytest.mark.parametrize("name", ["w0", "w1", "b"])
def test_an_update_is_told_as_python_tells_it(name, regularization, opened):
    link = f"#networkShape=2&seed=0.6&regularizationRate=0.1{regularization}"
    tab = opened(link)
    play = after(tab, link, 9)  # of ten
    target = "{ node: 3, bias: true }" if name == "b" else f"{{ link: {2 + int(name[1])} }}"
    said = str(play.explain(f"layer1.neuron2.{name}")).splitlines()
    mine = tab.evaluate(f"linesOf({target}, trace())")
    assert [SIDES.split(line) for line in mine[1:]] == [SIDES.split(line) for line in said[1:]]


def test_a_neuron_opens_the_graph_at_its_step(opened):
    tab = opened(CIRCLE)
    assert tab.get_attribute("#graph", "open") is None
    tab.click(".neuron[data-key='3']")
    until(tab, "!frame")
    lines = [step.unicode for step in steps(nn.playground.from_link(CIRCLE).graph(), level="named")]
    assert tab.inner_text("#sentence").replace("\n", "") == lines[2]  # z of the second neuron
    assert tab.inner_text("#progress") == "forward 3/15"
    shown = [row.split() for row in tab.locator("#cards button").all_inner_texts()]
    assert [len([text for text in row if text == "…"]) for row in shown] == [0, 0, 0, 1, 2, 2, 2, 2, 2, 1]


def cards(tab):
    """What the cards show, by their names."""
    rows = tab.evaluate("""[...document.querySelectorAll("#cards button > span")].map(row =>
      [...row.children].map(part => part.textContent))""")
    return {name: (value, gradient) for name, value, gradient in rows}


def test_the_graph_is_stepped_forwards_and_back(opened):
    tab = opened(CIRCLE)
    play = after(tab, CIRCLE, 137)
    lines = [step.unicode for step in steps(play.graph(), level="named")]
    tab.click("#graph-title")
    until(tab, "!frame && find('cards').children.length")
    seen = [cards(tab)]
    for line in lines:
        tab.click("#next")
        until(tab, "!frame")
        assert says(tab.inner_text("#sentence").replace("\n", ""), line)
        seen.append(cards(tab))
    for before in seen[-2::-1]:
        tab.click("#previous")
        until(tab, "!frame")
        assert cards(tab) == before
    assert tab.inner_text("#sentence").startswith("Given: x₁ ≈ ")


def test_cards_have_the_numbers_of_both_passes(opened):
    tab = opened(CIRCLE)
    play = after(tab, CIRCLE, 137)
    tab.click("#graph-title")
    tab.click("#last")
    until(tab, "!frame")
    shown = cards(tab)
    records = {}
    for step in steps(play.graph(), level="named"):
        records.setdefault(step.name, {})[step.phase] = step.value
    names = {symbol(name): numbers for name, numbers in records.items()}
    assert len(shown) == 2 + 7 * 3 + 2
    for name, (value, gradient) in shown.items():
        if "forward" in names[name]:
            assert value == figure(names[name]["forward"], digits=4)[0]
        assert gradient == figure(names[name]["backward"], digits=4)[0]
    assert tab.get_attribute("#cards button >> nth=0", "aria-label").startswith("x₁ value ")
    assert tab.get_attribute("#last", "aria-disabled") == "true"


def test_operations_of_a_sample_end_in_the_next_sample(opened):
    tab = opened("#networkShape=1&seed=0.2")
    count = int(tab.inner_text("#hand-operation").split()[-1])
    tab.click("#graph-title")
    tab.click("#last")
    assert tab.evaluate("[play.clock.sample, operation]") == [0, count]
    tab.click("#next")
    assert tab.evaluate("[play.clock.sample, operation]") == [1, 1]
    tab.keyboard.press("ArrowLeft")
    assert tab.evaluate("[play.clock.sample, operation]") == [1, 0]
    tab.keyboard.press("ArrowLeft")
    assert tab.evaluate("[play.clock.sample, operation]") == [0, count - 1]


def test_a_points_graph_is_stepped_and_the_clock_stays(opened):
    tab = opened(CIRCLE)
    tab.focus("#map")
    for _ in range(3):
        tab.keyboard.press("ArrowRight")
    until(tab, "!frame")
    play = nn.playground.from_link(CIRCLE)
    lines = [step.unicode for step in steps(play.graph(3), level="named")]
    assert says(tab.inner_text("#sentence").replace("\n", ""), lines[14])  # L
    tab.click("#next")
    tab.click("#next")
    until(tab, "!frame")
    assert says(tab.inner_text("#sentence").replace("\n", ""), lines[16])
    assert tab.evaluate("[play.clock.place, pinned.index]") == [0, 3]
    tab.click("#ahead-sample")
    assert tab.evaluate("[play.clock.place, pinned, operation]") == [1, None, 0]


def test_a_card_opens_its_neuron_and_runs_to_its_next_step(opened):
    tab = opened(CIRCLE)
    tab.click("#graph-title")
    until(tab, "!frame")
    card = tab.locator("#cards button >> nth=2")
    seen = []
    for _ in range(5):
        card.click()
        until(tab, "!frame")
        seen.append(tab.evaluate("find('sentence').textContent.split(' ')[0]"))
    assert seen == ["z[1]₁", "a[1]₁", "∂L/∂a[1]₁", "∂L/∂z[1]₁", "∂L/∂b[1]₁"]
    assert tab.evaluate("opened") == {"node": 2}
    tab.click("#cards button >> nth=-1")
    until(tab, "!frame")
    assert tab.inner_text("#about").startswith("Loss L: ")


def test_the_loss_opens_at_its_step(opened):
    tab = opened(CIRCLE)
    tab.focus("#loss")
    tab.keyboard.press("Enter")
    until(tab, "!frame")
    assert tab.inner_text("#about") == "Loss L: training point 1 of 250"
    assert tab.inner_text("#sentence").replace("\n", "").startswith("L = 0.5 · (a[3]₁ − y)² ≈ ")
    assert tab.inner_text("#progress") == "forward 15/15"


def test_a_closed_graph_stays_closed_and_is_hidden_while_it_trains(opened):
    tab = opened(CIRCLE)
    tab.click("#graph-title")
    tab.click("#graph-title")
    tab.click(".neuron[data-key='3']")
    until(tab, "!frame")
    assert tab.get_attribute("#graph", "open") is None
    tab.click("#play")
    until(tab, "play.clock.epoch > 1")
    assert tab.is_hidden("#graph")


def test_classes_have_their_chances_in_the_graph(opened):
    tab = opened(CIRCLE + "&cg_classes=3")
    tab.click("#graph-title")
    tab.click("#last")
    until(tab, "!frame")
    shown = cards(tab)
    chances = tab.evaluate("trace().chances")
    assert [shown[f"p{i}"][0] for i in "₁₂₃"] == [figure(p, digits=4)[0] for p in chances]
    assert shown["z[3]₁"][1] == figure(chances[0] - (shown["y"][0] == "0"), digits=4)[0]
