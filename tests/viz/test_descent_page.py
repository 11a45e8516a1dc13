"""The descent page in a real browser: it walks as Python does, reads formulas as `parse` does, and asks for nothing."""

import numpy as np
import pytest

import nn
from autograd import grad, parse
from nn.optimizers import OPTIMIZERS, SGD
from tests.viz import test_browser
from viz import SURFACES, descend
from viz.__main__ import main
from viz.descent import arithmetic, spacing

tab = test_browser.page  # the fixture


@pytest.fixture
def open_page(tab, tmp_path):
    """Open a descent's page from disk; whatever it says or asks for is kept."""
    heard = []
    listeners = {
        "console": lambda message: heard.append(message.text),
        "pageerror": lambda error: heard.append(str(error)),
        "request": lambda request: heard.append(request.url),
    }
    for event, listener in listeners.items():
        tab.on(event, listener)

    def opened(descent):
        path = descent.page().save(tmp_path / "page.html")
        tab.goto("about:blank")
        heard.clear()
        tab.goto(f"file://{path}")
        return tab

    yield opened
    assert heard == [f"file://{tmp_path / 'page.html'}"]
    for event, listener in listeners.items():
        tab.remove_listener(event, listener)


@pytest.mark.browser
@pytest.mark.parametrize("surface", SURFACES)
def test_all_optimisers_walk_on_all_surfaces_as_in_python(open_page, surface):
    run = descend(surface, None, list(OPTIMIZERS), rate=0.05, steps=60)
    ways = open_page(run).evaluate(
        "state.walkers.map(({ way }) => [way.end, way.states.map(({ p, f, g }) => [...p, f, ...g])])"
    )
    for (end, states), path in zip(ways, run.paths, strict=True):
        assert end == path.end
        expected = np.column_stack([path.points, path.values, path.gradients])
        assert np.array(states) == pytest.approx(expected, rel=1e-9, abs=1e-9), path.name


@pytest.mark.browser
def test_a_formula_is_read_as_parse_reads_it(open_page):
    tab = open_page(descend("x**2 + y**2", (0.7, -1.2), steps=0))
    texts = ["x^2 + y**2", "-x**2 - -y", "2**-x*y/3/x", "u = x/2; v = exp(-u**2) - y; v*u", "e^x + e*y + pi",
             "max(x, y) - min(x, 0.1)",
             "where(x > y, x*y, 3) + (y < 0)", "leaky_relu(y) + elu(y, 0.5)*σ", "abs(y)·x − 1e-3×y"]  # fmt: skip
    for text in texts:
        text = text.replace("*σ", "*sigmoid(x)")
        graph = parse(text, x=0.7, y=-1.2)
        f = list(graph.values())[-1]
        found = tab.evaluate(
            "text => { const { f, g } = calculated(parsed(text, ['x', 'y']), 0.7, -1.2); return [f, ...g]; }", text
        )
        assert found == pytest.approx([f.data, *grad(f, [graph["x"], graph["y"]])], rel=1e-14), text


@pytest.mark.browser
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x**2 + t", "'t' has no value. Known so far: x, y."),
        ("2x", "'x' has no meaning here. Write a product with *, as in 2*x."),
        ("tanh(x", "')' is missing at the end."),
        ("foo(x)", "'foo' is not a function. Write a product with *, as in 2*x."),
        ("constructor(x)", "'constructor' is not a function. Write a product with *, as in 2*x."),
        ("x +", "The formula ends too early."),
        ("clip(x)", "clip takes 3 operands: x, lo, hi."),
        ("x = 2", "'x' is defined twice. Each name stands for one value."),
        ("<img src=x>", "'<' has no meaning here."),
        ("log(x - 5)", "f or a slope has no value at the start, x = 1, y = 1. Start elsewhere."),
    ],
)
def test_mistakes_in_a_formula_are_told_and_the_old_surface_stays(open_page, text, message):
    tab = open_page(descend("x**2 + y**2", (1, 1), steps=3))
    tab.fill("#formula", text)
    assert tab.inner_text("#problem") == message
    assert tab.evaluate("state.nodes.length") == 5
    tab.fill("#formula", "x*y")
    assert tab.inner_text("#problem") == "" and tab.evaluate("state.nodes.length") == 3


@pytest.mark.browser
@pytest.mark.parametrize("surface", ["hills", "global minimum"])
def test_contours_are_pythons(open_page, surface):
    run = descend(surface, steps=0)
    f = run.grid()[2]
    found = open_page(run).evaluate("levels(grid(state.nodes, state.domain, 121), 121, [4 / 120, 4 / 120], 16)")
    assert found == pytest.approx(spacing.levels(f, (4 / 120, 4 / 120), 16).tolist(), rel=1e-6, abs=1e-9)


@pytest.mark.browser
def test_a_click_starts_there_and_steps_go_both_ways_with_their_arithmetic(open_page):
    tab = open_page(descend("x**2 + y**2", (1.5, 1.5), "momentum=0.1", steps=20, domain=(-2, 2, -2, 2)))
    box = tab.locator("#shades").bounding_box()
    tab.mouse.click(box["x"] + box["width"] * 0.75, box["y"] + box["height"] * 0.75)
    assert tab.evaluate("state.start") == pytest.approx([1, -1], abs=0.03)
    tab.fill("#start0", "1")
    tab.fill("#start1", "-0.5")
    said = [item.splitlines() for item in tab.locator("#lines-of-step li").all_inner_texts()]
    assert said[:3] == [["g = ∂f/∂x = 2"], ["v ← v · β + (1 − β) · g", "= 0 · 0.9 + (1 − 0.9) · 2 = 0.2"],
                        ["x ← x − η · v", "= 1 − 0.1 · 0.2 = 0.98"]]  # fmt: skip
    assert said[4][1] == "= 0 · 0.9 + (1 − 0.9) · (−1) = −0.1"
    tab.locator("h1").click()
    for key, at in [("ArrowRight", 1), ("ArrowRight", 2), ("ArrowLeft", 1), ("End", 20), ("Home", 0)]:
        tab.keyboard.press(key)
        assert tab.evaluate("state.at") == at
    assert tab.inner_text("#sentence") == "Step 0: momentum=0.1 at (1, −0.5), f = 1.25."
    cards = tab.locator("#graph [role=listitem]").evaluate_all(
        "all => all.map(card => card.getAttribute('aria-label'))"
    )
    assert cards[0] == "x, 1, ∂f/∂x = 2" and cards[-1].startswith("f = t₁ + t₂, 1.25, ∂f/∂f = 1")
    tab.click("#play")
    tab.wait_for_timeout(500)
    assert tab.evaluate("state.at") > 2
    tab.click("#play")
    assert tab.get_attribute("#play", "aria-pressed") == "false"


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 1280, 3840])
def test_the_page_is_as_wide_as_the_window(open_page, width):
    tab = open_page(descend("hills", None, list(OPTIMIZERS), steps=5))
    size = tab.viewport_size
    tab.set_viewport_size({"width": width, "height": 800})
    assert tab.evaluate("document.documentElement.scrollWidth") == width
    tab.set_viewport_size(size)


def test_the_page_is_small_and_says_what_it_is(tmp_path):
    page = descend("hills", None, [SGD(lambda k: 0.1), "adam"], steps=30).page(title="<b>Hills</b>")
    assert len(page.html.encode()) < 100_000
    assert "<title>&lt;b&gt;Hills&lt;/b&gt;</title>" in page.html and "http:" not in page.html.replace(
        "http://www.w3.org/2000/svg", ""
    )
    assert repr(page) == "<DescentPage of <b>Hills</b>, with SGD, adam>"
    assert set(page._repr_mimebundle_()[0]) >= {"text/html", "text/plain"}
    assert main(["descend", "saddle", "-o", str(tmp_path / "saddle.html")]) == 0
    assert (tmp_path / "saddle.html").read_text("utf-8").startswith("<!doctype html>")


def test_a_function_becomes_a_formula_with_its_names():
    run = descend(lambda u, v: (u * u).named("w") + 3 * v, (1.0, 2.0), steps=0)
    assert run.plan.text == "w = u * u; f = w + 3 * v"
    odd = descend(lambda u, v: (u * u).named("a b") + v, (1.0, 2.0), steps=0)
    assert odd.plan.text == "f = u * u + v"


def test_a_line_that_reads_an_average_as_it_was_stands_before_its_change():
    assert [name for name, _ in arithmetic.lines(nn.Lion())] == ["p", "m"]
    assert [name for name, _ in arithmetic.lines(nn.Adadelta())] == ["a", "p", "d"]
    assert [name for name, _ in arithmetic.lines(nn.Adam())] == ["m", "v", "p"]
