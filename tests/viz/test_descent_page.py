"""The descent page in a real browser: it walks as Python does, reads formulas as `parse` does, and asks for nothing."""

from dataclasses import fields
from xml.etree import ElementTree

import numpy as np
import pytest

import nn
from autograd import ParseError, grad, parse
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
def test_where_a_way_ends_is_said_and_stands_in_the_table_as_a_whole(open_page):
    tab = open_page(descend("x**2 + 3 * y**2", {"x": 1.5, "y": 1.5}, optimizers=["adam"], steps=500))
    tab.set_viewport_size({"width": 1280, "height": 900})
    tab.keyboard.press("End")
    end = tab.locator("#sentence").inner_text()
    assert end.startswith("Step 433: adam at (0.001666, 0.001666), f = 1.11·10⁻⁵, flat.")
    cell = tab.locator("tr.chosen td").last
    assert cell.inner_text() == "1.11·10⁻⁵ · flat"
    assert cell.evaluate(
        "cell => cell.scrollWidth <= cell.clientWidth && cell.getBoundingClientRect().right <= innerWidth"
    )


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
             "where(x > y, x*y, 3) + (y < 0)", "leaky_relu(y) + elu(y, 0.5)*σ", "abs(y)·x − 1e-3×y",
             "f = 2x² + |y|", "√|x·y| + ∛x", "½(x − y)² ÷ 3", "σ(2x) − log₂(x)", "x⁻¹ + |2·|y| − 1|", "-x²",
             "f(x, y) = 3sin(x)\n", "2√x", "√(x\n+ 1)", "[x > y]*x + [x = 0.7]", "a₁ = x^2, b = 2a_1; a₁·b",
             "1.5·10⁻²·x"]  # fmt: skip
    for text in texts:
        text = text.replace("*σ", "*sigmoid(x)")
        graph = parse(text, x=0.7, y=-1.2)
        f = list(graph.values())[-1]
        found = tab.evaluate(
            "text => { const { f, g } = calculated(parsed(text, ['x', 'y']), 0.7, -1.2); return [f, ...g]; }", text
        )
        assert found == pytest.approx([f.data, *grad(f, [graph["x"], graph["y"]])], rel=1e-14), text


@pytest.mark.browser
def test_what_parse_refuses_as_ambiguous_the_page_refuses_too(open_page):
    tab = open_page(descend("x**2 + y**2", (0.7, -1.2), steps=0))
    for text in ["1/2x", "x^2y", "√2x", "√x²", "x²**2", "x y", "(x)(y)", "sin x", "sin²(x)", "2 x", "|x", "x²y"]:
        with pytest.raises(ParseError):
            parse(text, x=0.7, y=1.2)
        tab.fill("#formula", text)
        assert tab.inner_text("#problem"), text


@pytest.mark.browser
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x**2 + t", "'t' has no value. Known so far: x, y."),
        ("2 x", "A sign is missing before 'x'. Write a product with *, as in 3*x."),
        (
            "1/2x",
            "This product before 'x' can be read in two ways. "
            "Write its sign and parentheses, as in (1/2)*x or 1/(2*x).",
        ),
        ("x sin(y)", "A sign is missing before 'sin'. Write a product with *, as in 3*x."),
        ("√x²", "A power of a root can be read in two ways. Write parentheses, as in (√x)**2 or √(x**2)."),
        ("sin + x", "'sin' is a function. Write sin(x), with parentheses."),
        ("|x + 1", "'|' is missing at the end."),
        ("tanh(x", "')' is missing at the end."),
        ("foo(x)", "'foo' is not a function. Write a product with *, as in 3*x."),
        ("constructor(x)", "'constructor' is not a function. Write a product with *, as in 3*x."),
        ("x +", "The formula ends too early."),
        ("clip(x)", "clip takes 3 operands: x, lo, hi."),
        ("x = 2", "'x' is defined twice. Each name stands for one value."),
        ("<img>", "'<' has no meaning here."),
        ("<img src=x>", "A sign is missing before 'src'. Write a product with *, as in 3*x."),
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


CHANGED = [  # as a reader changes what the page was made with
    (SGD(0.05), SGD(0.05, momentum=0.8)),
    (SGD(0.05), SGD(0.05, momentum=0.8, nesterov=True, weight_decay=0.1)),
    (SGD(0.05, momentum=0.9), SGD(0.05, momentum=0.0)),
    (nn.Adagrad(0.1), nn.Adagrad(0.1, initial_accumulator_value=2.0, epsilon=0.01)),
    (nn.RMSprop(0.05), nn.RMSprop(0.05, rho=0.5, momentum=0.3, centered=True)),
    (nn.Adam(0.1), nn.Adam(0.1, beta_1=0.5, beta_2=0.0, amsgrad=True)),
    (nn.AdamW(0.1), nn.AdamW(0.1, weight_decay=0.5, clipvalue=1.0)),
    (nn.QHAdam(0.1, clipnorm=0.5), nn.QHAdam(0.1, nu_1=0.2, nu_2=0.5)),
    (nn.Nesterov(0.05, global_clipnorm=1.0), nn.Nesterov(0.05, clipnorm=2.0)),
    (nn.Lion(0.05, clipvalue=0.5), nn.Lion(0.05, beta_2=0.5, weight_decay=1.0)),
]


def table(run):
    return [np.column_stack([path.points, path.values, path.gradients]) for path in run.paths]


@pytest.mark.browser
def test_every_argument_can_be_changed_and_clipping_optimisers_walk_as_in_python(open_page):
    first, then = zip(*CHANGED, strict=True)
    before, after = (descend("hills", None, each, steps=25, tolerance=None) for each in (first, then))
    tab = open_page(before)
    read = (
        "state.walkers.filter(walker => walker.on).map(({ way }) => way.states.map(({ p, f, g }) => [...p, f, ...g]))"
    )
    for found, expected in zip(tab.evaluate(read), table(before), strict=True):
        assert np.array(found) == pytest.approx(expected, rel=1e-9, abs=1e-9)
    for i, (old, new) in enumerate(CHANGED):
        tab.locator("#walkers .look").nth(i).click()
        for x in fields(new):
            value, field = getattr(new, x.name), tab.locator(f"#arguments [name={x.name}]")
            if value == getattr(old, x.name) or x.name == "parameters":
                continue
            if isinstance(value, bool):
                field.set_checked(value)
            elif not (value is None and field.input_value() == ""):  # another way to clip has taken its place
                field.fill("" if value is None else repr(value))
    for (_, new), found, expected in zip(CHANGED, tab.evaluate(read), table(after), strict=True):
        assert np.array(found) == pytest.approx(expected, rel=1e-9, abs=1e-9), new


@pytest.mark.browser
def test_arguments_keep_their_limits_and_stand_in_the_arithmetic(open_page):
    tab = open_page(descend("x**2 + y**2", (3, 4), SGD(0.1), steps=5))
    labels = [" ".join(text.split()) for text in tab.locator("#arguments label").all_inner_texts()]
    assert labels == ["μ momentum", "nesterov", "λ weight decay", "clipnorm", "clipvalue"]
    tab.fill("#arguments [name=momentum]", "1")
    assert tab.inner_text("#refused") == "SGD needs 0 ≤ μ < 1."
    assert tab.get_attribute("#arguments [name=momentum]", "aria-invalid") == "true"
    assert tab.evaluate("state.walkers[0].h.momentum") == 0
    tab.fill("#arguments [name=momentum]", "0.5")
    assert tab.inner_text("#refused") == ""
    tab.fill("#arguments [name=clipnorm]", "5")
    tab.fill("#arguments [name=weight_decay]", "0.5")
    said = [item.splitlines() for item in tab.locator("#lines-of-step > div >> nth=0 >> li").all_inner_texts()]
    assert said == [
        ["g = ∂f/∂x = 6"],
        ["g ← g · 5 / max(√(∂f/∂x² + ∂f/∂y²), 5) = 3"],
        ["x ← x − η · λ · x", "= 3 − 0.1 · 0.5 · 3 = 2.85"],
        ["v ← v · μ − η · g", "= 0 · 0.5 − 0.1 · 3 = −0.3"],
        ["x ← x + v", "= 2.85 + (−0.3) = 2.55"],
    ]
    tab.fill("#arguments [name=clipvalue]", "1")
    assert tab.input_value("#arguments [name=clipnorm]") == "" and tab.evaluate("state.walkers[0].h.clipnorm") is None


@pytest.mark.browser
def test_arrow_keys_on_the_map_move_the_start_and_enter_starts_there(open_page):
    tab = open_page(descend("x**2 + y**2", (1, 1), steps=5, domain=(-2, 2, -2, 2)))
    tab.focus("#map")
    for key in ("ArrowRight", "ArrowRight", "ArrowDown", "Shift+ArrowUp"):
        tab.keyboard.press(key)
    assert tab.evaluate("[state.at, state.start]") == [0, [1, 1]]  # nothing starts yet, and no step is taken
    assert tab.inner_text("#sentence") == "New start x = 1.2, y = 0.91: Enter starts there."
    assert tab.locator("#paths .aim").count() == 1
    tab.keyboard.press("Enter")
    assert tab.evaluate("state.start") == [1.2, 0.91] and tab.evaluate("state.walkers[0].way.states[0].p") == [
        1.2,
        0.91,
    ]
    for _ in range(30):
        tab.keyboard.press("ArrowLeft")
        tab.keyboard.press("ArrowUp")
    assert "x = −1.8, y = 2:" in tab.inner_text("#sentence")  # the map's edge
    tab.keyboard.press("Escape")
    assert tab.locator("#paths .aim").count() == 0 and tab.evaluate("state.start") == [1.2, 0.91]


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 1280, 3840])
@pytest.mark.parametrize("surface", ["hills", "x*y"])
def test_the_graph_fits_without_scrolling_and_can_be_read(open_page, width, surface):
    tab = open_page(descend(surface, (1.5, 1.5), steps=2))
    size = tab.viewport_size
    tab.set_viewport_size({"width": width, "height": 800})
    tab.wait_for_timeout(100)
    boxes = tab.locator("#graph .card").evaluate_all(
        "all => all.map(card => { const { left, right, top, bottom } = card.getBoundingClientRect(); "
        "return [left, right, top, bottom] })"
    )
    high = tab.evaluate(
        "19 * find('graph').getBoundingClientRect().width / Number(find('graph').getAttribute('viewBox').split(' ')[2])"
    )
    tab.set_viewport_size(size)
    assert high >= 11  # CSS pixels of its text
    assert all(0 <= left < right <= width for left, right, *_ in boxes)
    for k, (left, right, top, bottom) in enumerate(boxes):
        for other in boxes[:k]:
            assert left >= other[1] or right <= other[0] or top >= other[3] or bottom <= other[2]


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
    assert descend("x**2 + 10*y - 0.05", (1.0, 2.0), steps=0).plan.text == "f = x**2 + 10 * y - 0.05"
    odd = descend(lambda u, v: (u * u).named("a b") + v, (1.0, 2.0), steps=0)
    assert odd.plan.text == "f = u * u + v"


def test_a_line_that_reads_an_average_as_it_was_stands_before_its_change():
    assert [name for name, _ in arithmetic.lines(nn.Lion())] == ["p", "m"]
    assert [name for name, _ in arithmetic.lines(nn.Adadelta())] == ["a", "p", "d"]
    assert [name for name, _ in arithmetic.lines(nn.Adam())] == ["m", "v", "p"]


def test_the_still_is_the_map_with_all_paths_and_what_an_untrusted_notebook_shows():
    run = descend("hills", None, ["sgd=0.03", SGD(0.1, clipnorm=1.0)], steps=20)
    page = run.page(title="<b>Hills</b>")
    root = ElementTree.fromstring(page.still())
    tags = [element.tag.partition("}")[2] for element in root.iter()]
    assert tags.count("polyline") == 2 and tags.count("image") == 1
    (first, _) = (element for element in root.iter() if element.tag.endswith("polyline"))
    places = np.array([pair.split(",") for pair in first.get("points").split()], float)
    start, end = run.paths[0].points[0], run.paths[0].points[-1]
    assert (places[-1] - places[0]) / 320 * 4 == pytest.approx((end - start) * [1, -1], abs=0.01)  # 4 wide, 320 points
    words = [text.strip() for text in root.itertext() if text.strip()]
    assert {"<b>Hills</b>", "sgd=0.03", "SGD", f"f = {run.paths[0].values[-1]:.4g} after 20 steps"} <= set(words)
    assert page._repr_mimebundle_(include=["image/png"])[1] == {"image/png": {"width": 840, "height": 533}}
