"""The step page as a circuit: numbers alone on wires, a step for each node, quiz, what-if, sliders."""

import pytest

import viz
from autograd import Value, parse, topological
from examples import gallery
from tests.viz.graph.test_scene import lecture, logistic_regression
from tests.viz.motion import test_page_in_browser
from tests.viz.motion.test_page_in_browser import network_loss
from tests.viz.motion.test_page_keys import until

pytestmark = pytest.mark.browser
tab, open_page = test_page_in_browser.tab, test_page_in_browser.open_page  # the fixtures

SHOWN = "cards.map(card => card.texts.map(text => text.textContent))"
COLLISIONS = """() => {
  const boxes = [...stage.querySelectorAll("text")].filter(text => text.textContent).map(text => text.getBBox());
  return boxes.flatMap((a, i) => boxes.slice(i + 1).filter(
    b => Math.max(a.x, b.x) < Math.min(a.x + a.width, b.x + b.width)
      && Math.max(a.y, b.y) + 6 < Math.min(a.y + a.height, b.y + b.height))).length;
}"""


def written(output):
    """What stands at each node of a circuit in which each has the name by which sentences call it."""
    nodes = viz.frames(output, style="circuit", digits=3).passes.scene.nodes
    return [[text for text in (*n.operation[:1], n.title, n.value, n.gradient) if text] for n in nodes]


@pytest.mark.parametrize("make", [lecture, logistic_regression, gallery.xor, lambda: network_loss(2, [2, 2])])
def test_a_circuit_says_what_the_drawn_circuit_says_wherever_the_leaves_stand(make, open_page):
    output = make()
    tab = open_page(output, 99, style="circuit")
    assert tab.evaluate(SHOWN) == written(output)
    for leaf in topological(output):
        if not leaf.op:
            leaf.data += 0.23
    tab.evaluate("leaves.forEach(line => nodes[line.node].data += 0.23), calculate(), show()")
    output.forward()
    assert tab.evaluate(SHOWN) == written(output)
    tab.evaluate("leaves.forEach(({ node }, i) => nodes[node].data *= -12.345 + i), calculate(), show()")
    assert tab.evaluate(COLLISIONS) == 0


def test_numbers_come_onto_the_wires_with_their_steps(open_page):
    tab = open_page(parse("u = b*c; J = 3*u", b=3, c=2)["J"], style="circuit")
    assert tab.evaluate(SHOWN) == [["b", "3", "…"], ["c", "2", "…"], ["×", "u", "…", "…"], ["×3", "J", "…", "…"]]
    tab.keyboard.press("n")
    assert tab.evaluate(SHOWN)[2] == ["×", "u", "6", "…"]
    assert tab.eval_on_selector_all("g.current", "all => all.map(group => group.dataset.id)") == ["e0", "e1", "n2"]
    for _ in range(3):
        tab.keyboard.press("n")
    assert tab.evaluate(SHOWN)[2:] == [["×", "u", "6", "3"], ["×3", "J", "18", "1"]]
    assert tab.inner_text("#sentence") == "∂J/∂u = 3"
    assert tab.evaluate("cards[2].group.getAttribute('aria-label')") == "u = b · c, value 6, gradient ∂J/∂u = 3"


def test_both_wires_of_a_node_used_twice_by_one_lead_to_its_step(open_page):
    tab = open_page(parse("b = a + a; c = b*b", a=1)["c"], 1, style="circuit")
    current = "[...stage.querySelectorAll('g.forward.current')].map(group => group.dataset.id)"
    assert tab.evaluate(current) == ["e0", "e1"]
    tab.keyboard.press("p")
    until(tab, "stage.querySelectorAll('.moving').length === 2")
    assert tab.evaluate("[...stage.querySelectorAll('.moving')].map(text => text.textContent)") == ["2", "2"]


def test_what_only_hands_on_has_no_wire_and_no_step(open_page):
    a, b = Value(2.0, "a"), Value(3.0, "b")
    tab = open_page(sum([a * b, a]).named("J"), 99, style="circuit")
    told = tab.evaluate("steps.map(sentence)")
    assert told[:4] == ["v₁ = a · b = 2 · 3 = 6", "J = v₁ + a = 6 + 2 = 8", "∂J/∂J = 1", "∂J/∂v₁ = 1"]
    assert len(told) == 6


def test_the_quiz_asks_at_the_wire(open_page):
    tab = open_page(lecture(), 7, style="circuit")
    tab.keyboard.press("q")
    tab.keyboard.press("n")
    assert tab.evaluate(SHOWN)[tab.evaluate("current()[1]")][-1] == "?"
    tab.locator("#answer").fill("6")
    tab.keyboard.press("Enter")
    assert tab.inner_text("#verdict").startswith("Right.")
    assert tab.evaluate(SHOWN)[tab.evaluate("steps[at - 1][1]")][-1] == "6"


def test_what_if_marks_the_circle(open_page):
    tab = open_page(parse("u = b*c; J = 3*u", b=3, c=2)["J"], 99, style="circuit")
    tab.locator("g.node", has_text="×u").click()
    tab.get_by_label("What if u were").fill("10")
    tab.keyboard.press("Enter")
    assert tab.evaluate(SHOWN)[2:] == [["×", "u", "10", "3"], ["×3", "J", "30", "1"]]
    assert tab.eval_on_selector_all("g.forced .box", "all => all.length") == 1
