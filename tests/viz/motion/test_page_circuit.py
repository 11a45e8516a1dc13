"""The step page as a circuit: numbers alone on wires, a step for each node, quiz, what-if, sliders."""

import math

import pytest

import viz
from autograd import Value, parse, topological
from benchmarks.lectures import recurrent
from examples import gallery
from tests.viz.graph.test_scene import lecture, logistic_regression
from tests.viz.motion import test_page_in_browser
from tests.viz.motion.test_page_in_browser import assert_said, network_loss
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
    assert_said(tab.evaluate(SHOWN), written(output))
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


def test_a_step_back_is_seen_on_the_wires_that_it_goes_along(open_page):
    graph = parse("u = b*c; v = u + u; J = a*v", a=5, b=3, c=2)["J"]
    for style in ("circuit", "cards"):
        tab = open_page(graph, style=style, level="value")
        back = "forward" if style == "circuit" else "backward"
        for at, (phase, card) in enumerate(tab.evaluate("steps"), 1):
            tab.evaluate(f"go({at})")
            seen = "[...stage.querySelectorAll('g.forward.current, g.backward.current')]"
            found = tab.evaluate(f"{seen}.map(each => [arrows[each.dataset.id.slice(1)].ends, each.classList[0]])")
            wished = [
                pair for pair in tab.evaluate("arrows.map(({ ends }) => ends)") if pair[phase == "forward"] == card
            ]
            assert sorted(pair for pair, _ in found) == sorted(wished)
            assert {kind for _, kind in found} <= {"forward" if phase == "forward" else back}
            assert tab.evaluate("stage.querySelectorAll('g.forward.back').length") == (
                len(wished) if phase == "backward" and style == "circuit" else 0
            )


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


def loss(w, w_h, b, x, h, y):
    """The recurrent network of three steps in plain numbers, with weights of their own for each step."""
    for own, old, bias, given in zip(w, w_h, b, x, strict=True):
        h = math.tanh(own * given + old * h + bias)
    return (h - y) ** 2


def shares(tab):
    told = tab.evaluate("again.map(leaf => [leaf.title, leaf.texts.at(-1).textContent])")
    return {name: float(text.replace("−", "-")) for name, text in told}


def test_a_leaf_again_has_its_value_and_its_share_of_the_gradient_as_finite_differences_say(open_page):
    tab = open_page(recurrent(), 99, style="circuit", level="value", digits=8)
    numbers = {"w": [0.5] * 3, "w_h": [0.9] * 3, "b": [0.1] * 3, "x": [1.0, -0.5, 0.3], "h": 0.0, "y": 1.0}
    for w_h in (0.9, -1.2):
        tab.get_by_label("wₕ", exact=True).fill(str(w_h))
        numbers["w_h"] = [w_h] * 3
        found = shares(tab)
        assert list(found) == ["w⁽²⁾ₕ", "w⁽³⁾ₕ"]
        for use, share in zip((1, 2), found.values(), strict=True):
            nudged = [[w_h + d * (k == use) for k in range(3)] for d in (1e-6, -1e-6)]
            above, below = (loss(**{**numbers, "w_h": each}) for each in nudged)
            assert share == pytest.approx((above - below) / 2e-6, rel=1e-5)
        values = tab.evaluate("again.map(leaf => [leaf.texts[1].textContent, leaf.line.card.texts[1].textContent])")
        assert values == [[str(w_h).replace("-", "−")] * 2] * 2


def test_a_leaf_again_takes_part_in_the_step_of_its_leaf(open_page):
    tab = open_page(gallery.xor(), style="circuit", level="value", digits=8)
    texts = "again.map(leaf => [leaf.texts[0].textContent, leaf.texts.at(-1).textContent])"
    step = tab.evaluate("steps.findIndex(([phase, i]) => phase === 'backward' && cards[i].title === 'x₂')")
    assert tab.evaluate(texts) == [["x⁽²⁾₁", "…"], ["x⁽²⁾₂", "…"]]
    tab.evaluate(f"go({step})")
    assert [name for name, gradient in tab.evaluate(texts) if gradient == "…"] == ["x⁽²⁾₂"]
    tab.keyboard.press("n")
    assert "…" not in tab.evaluate(texts)[1]
    current = "again.filter(leaf => leaf.group.matches('.current')).map(leaf => leaf.title)"
    assert tab.evaluate(current) == ["x⁽²⁾₂"]
    spoken = tab.evaluate("again[1].group.getAttribute('aria-label')")
    assert spoken == f"x⁽²⁾₂, value 0, share of ∂L/∂x₂: {tab.evaluate(texts)[1][1]}"
    tab.keyboard.press("q")
    tab.keyboard.press("End")
    assert {gradient for _, gradient in tab.evaluate(texts)} == {"?"}


def test_a_use_that_hands_nothing_back_has_a_dash_once_its_leafs_step_is_done(open_page):
    graph = parse("u = a*b + c*a; v = b*heaviside(a) + heaviside(c)*b; J = u*v", a=1.5, b=2.5, c=3.5)
    tab = open_page(graph["J"], style="circuit", level="value")
    texts = "again.map(leaf => [leaf.title, leaf.texts.at(-1).textContent])"
    tab.evaluate("go(steps.findIndex(([phase, i]) => phase === 'backward' && cards[i].title === 'a') + 1)")
    assert tab.evaluate(texts) == [["a⁽³⁾", "—"], ["b⁽²⁾", "…"], ["c⁽²⁾", "…"], ["b⁽³⁾", "…"]]
    tab.keyboard.press("End")
    assert tab.evaluate(texts) == [["a⁽³⁾", "—"], ["b⁽²⁾", "9"], ["c⁽²⁾", "—"], ["b⁽³⁾", "9"]]


def test_the_ledger_of_a_leaf_again_is_the_leafs(open_page):
    tab = open_page(gallery.xor(), 99, style="circuit", level="value", digits=8)
    tab.evaluate("ledger(again[1].line.card)")
    heading, entries = tab.inner_text("#about"), tab.inner_text("#entries")
    tab.keyboard.press("Escape")
    tab.evaluate("again[1].group.focus()")
    tab.keyboard.press("Enter")
    assert (tab.inner_text("#about"), tab.inner_text("#entries")) == (heading, entries)
    assert heading == "x₂" and entries.startswith("x₂ = 0\n\n∂L/∂x₂ = ")
    tab.keyboard.press("Escape")
    assert tab.evaluate("document.activeElement === again[1].group")
    tab.locator("g.node", has_text="x⁽²⁾₁").click()
    assert tab.inner_text("#about") == "x₁"


def test_what_a_use_hands_back_moves_along_its_wire(open_page):
    """Of x² by a product each wire hands back half."""
    tab = open_page(parse("c = b*b; d = c*a", b=2, a=3)["d"], 4, style="circuit")
    tab.keyboard.press("p")
    until(tab, "stage.querySelectorAll('.moving').length === 2")
    assert tab.inner_text("#sentence").startswith("∂d/∂b = ")
    assert tab.evaluate("[...stage.querySelectorAll('.moving')].map(text => text.textContent)") == ["6", "6"]
