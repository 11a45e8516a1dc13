"""The step page in a real browser: it recomputes what Python does, asks for nothing, can be used by keyboard."""

import itertools
import math
import re

import pytest

import nn
import viz
from autograd import Value, gelu, logsumexp, parse, softmax, steps, topological
from autograd.core.derivatives import adjoints
from autograd.passes.marking import diagnose
from examples import gallery
from tests.autograd.language.test_javascript import script
from tests.viz import test_browser
from tests.viz.graph.test_scene import lecture, logistic_regression
from tests.viz.motion.test_page import HOSTILE

pytestmark = pytest.mark.browser


def classifier():
    x = [Value(v, f"x_{i}") for i, v in enumerate((0.2, -1.3, 0.9))]
    return (logsumexp(x) - x[1] + gelu(x[0]) * softmax(x)[2]).named("L")


GRAPHS = {
    "lecture": lecture,
    "logistic regression": logistic_regression,
    "relu": lambda: parse("z = w*x + b; a = relu(z); J = (a - y)**2 / -3", w=2.0, x=3.0, b=-1.0, y=1.0)["J"],
    "parallel": lambda: parse("a = 1; b = a + a; c = b + b")["c"],
    "uses": lambda: parse("b = a + a; c = b*b; d = c/c + b**b; e = max(d, d) - d*c", a=1.5)["e"],
    "power": lambda: parse("y = x**n * exp(-x) / n", x=1.5, n=3.0)["y"],
    "ties": lambda: parse("y = max(a, b)*clip(c, 0, 1) + abs(d)", a=1.0, b=1.0, c=0.5, d=-2.0)["y"],
    "gates": lambda: parse("y = where(x > 0, 2*sqrt(2*relu(w*x)), max(w, x)*erf(w))", x=-1.0, w=2.0)["y"],
    "vectors": classifier,
    "leaf": lambda: Value(3.0, "x"),
}


tab = test_browser.page  # the fixture


@pytest.fixture
def open_page(tab, tmp_path):
    """Open a page from disk; whatever it says or asks for is kept."""
    heard = []
    listeners = {
        "console": lambda message: heard.append(message.text),
        "pageerror": lambda error: heard.append(str(error)),
        "request": lambda request: heard.append(request.url),
    }
    for event, listener in listeners.items():
        tab.on(event, listener)

    def opened(output, step=0, **options):
        path = viz.page(output, **options).save(tmp_path / "page.html")
        tab.goto("about:blank")
        heard.clear()
        tab.goto(f"file://{path}#{step}")
        assert heard == [f"file://{path}"]
        return tab

    opened.heard = heard
    yield opened
    for event, listener in listeners.items():
        tab.remove_listener(event, listener)


def test_every_row_is_pythons_in_the_browser(tab):
    tab.goto("about:blank")
    assert tab.evaluate(script()) == []


def assert_sentences_are_pythons(told, output):
    """A page says of each line the sides that are right wherever the leaves stand, each joined as in the listing."""
    listed = [str(step).split("  (")[0] for step in steps(output, 4)]
    assert len(told) == len(listed)
    for page, line in zip(told, listed, strict=True):
        (name, *sides), (same, *more) = re.split(" [=≈] ", page), re.split(" [=≈] ", line)
        assert (name, sides[0], sides[-1]) == (same, more[0], more[-1]), line
        rest = iter(more)
        common = sides[:-2] if " = a − y ≈ " in line else sides  # in numbers a page cancels no fractions
        assert all(side in rest for side in common), f"{page} | {line}"
        if len(sides) == len(more):
            assert page == line


@pytest.mark.parametrize("style", ["cards", "circuit"])
@pytest.mark.parametrize("name", GRAPHS)
def test_every_sentence_is_pythons(name, style, open_page):
    output = GRAPHS[name]()
    tab = open_page(output, parameters=[], level="value", style=style, digits=4)
    told = tab.evaluate("steps.map(sentence)")
    assert_sentences_are_pythons(told, output)
    said = []
    for _ in steps(output):
        tab.keyboard.press("ArrowRight")
        said.append(tab.inner_text("#sentence"))
    assert said == told


def test_named_level_is_that_of_the_drawing(open_page):
    output = logistic_regression()
    tab = open_page(output, 99, level="named")
    drawn = viz.draw(output, level="named").scene
    shown = tab.eval_on_selector_all(
        "g.node", "all => all.map(g => [...g.querySelectorAll('text')].map(t => t.textContent))"
    )
    assert shown == [[t for t in (n.title, n.value, n.gradient) if t is not None] for n in drawn.nodes]
    slopes = tab.eval_on_selector_all("g.backward text", "all => all.map(t => t.textContent)")
    assert sorted(slopes) == sorted(edge.slope for edge in drawn.edges if edge.slope is not None)


SHOWN = """() => {
  const texts = kind => Object.fromEntries([...document.querySelectorAll(`g.view:not([display]) g.${kind}`)].map(
    g => [g.dataset.id, [...g.querySelectorAll("text")].map(t => t.textContent)]));
  return [texts("node"), texts("forward"), texts("backward")];
}"""


def written(scene):
    """What a scene's cards and arrows say, as SHOWN finds it."""
    rows = {n.id: [n.title, n.value, *itertools.chain(*n.entries), n.gradient] for n in scene.nodes}
    return [
        {i: [text for text in texts if text] for i, texts in rows.items()},
        {e.id: [text for text in (e.label, e.gradient) if text] for e in scene.edges},
        {e.id: [e.slope] if e.slope else [] for e in scene.edges if e.slope is not None},
    ]


def read(number):
    """A number as it is written."""
    mantissa, _, power = number.replace("−", "-").partition("·10")
    return float(f"{mantissa}e{power.translate(str.maketrans('⁰¹²³⁴⁵⁶⁷⁸⁹⁻', '0123456789-')) or 0}")


def assert_said(shown, wished):
    """A page says the same, or where there is no room for it the number with fewer digits."""
    if isinstance(wished, str) and shown != wished:
        (name, number), (whole, exact) = ([*text.rpartition(" ")[::2]] for text in (shown, wished))
        assert name == whole.replace("=", "≈") or (name == "≈" and not whole) or name == whole == "∂"
        x = read(exact)
        assert read(number) in [float(f"{x:.{digits}e}") for digits in range(9)] or (number == "0" and abs(x) < 1)
    elif not isinstance(wished, str):
        assert len(shown) == len(wished) and (not isinstance(wished, dict) or shown.keys() == wished.keys())
        for one, other in zip(
            *(each.values() if isinstance(each, dict) else each for each in (shown, wished)), strict=True
        ):
            assert_said(one, other)


FOLDED = {
    "xor": (gallery.xor, ("sums", "weights", "neuron", "layer")),
    "shared": (lambda: parse("h = tanh(w*x); k = tanh(w*h + b); L = k**2", w=0.5, b=0.1, x=1)["L"], ("neuron",)),
    "classifier": (lambda: network_loss(3, [4, 3]), ("auto", "neuron", "layer")),
    "chain": (gallery.chain, ("run",)),
}  # fmt: skip


def network_loss(inputs, widths):
    x = [Value(0.5 * i - 1, f"x_{i}") for i in range(1, inputs + 1)]
    return sum((z - i) ** 2 for i, z in enumerate(nn.MLP(inputs, widths, activation="tanh", rng=0)(x))).named("L")


@pytest.mark.parametrize(("name", "level"), [(name, level) for name, (_, levels) in FOLDED.items() for level in levels])
def test_a_folded_page_says_what_the_folded_picture_says_wherever_the_leaves_stand(name, level, open_page):
    output = FOLDED[name][0]()
    tab = open_page(output, 999, level=level)
    assert tab.evaluate(SHOWN) == written(viz.page(output, level).passes.scene)
    leaves = [z for z in topological(output) if not z.op]
    tab.evaluate("[...document.querySelectorAll('details')].forEach(each => each.open = true)")
    for leaf in leaves:
        leaf.data += 0.23
    tab.evaluate("leaves.forEach(line => nodes[line.node].data += 0.23), calculate(), show()")
    output.forward()
    assert_said(tab.evaluate(SHOWN), written(viz.page(output, level).passes.scene))


def test_a_card_of_several_nodes_is_a_step_that_says_the_formula_with_numbers(open_page):
    tab = open_page(network_loss(2, [3, 1]), level="layer")
    told = tab.evaluate("steps.map(sentence)")
    numbers = r"0\.3001 · \(−0\.5\) \+ \(−1\.059\) · 0 \+ 0"
    line = rf".* = .* ≈ tanh\({numbers}\) ≈ −0\.1489"
    assert re.match(rf"a\[1\] = tanh\(z\[1\]\): {line}, [^,]* ≈ 0\.247, [^,]*$", told[0])
    tab.keyboard.press("End")
    tab.locator("g.node:visible", has_text="tanh(z[1])").click(modifiers=["Shift"])
    assert len(tab.locator("#entries p").all()) == len(tab.locator("#entries li").all()) == 3


def test_folded_numbers_appear_with_their_steps(open_page):
    tab = open_page(network_loss(2, [3, 1]), level="layer")
    rows = "cards.find(card => card.title.includes('tanh')).texts.map(text => text.textContent)"
    assert [text[-1] for text in tab.evaluate(rows)[2:]] == ["…"] * 6
    tab.keyboard.press("ArrowRight")
    assert [text[-1] for text in tab.evaluate(rows)[3::2]] == ["…"] * 3
    assert all(text[-1].isdigit() for text in tab.evaluate(rows)[2::2])


def test_weights_have_sliders_below(open_page):
    tab = open_page(gallery.xor(), 99, level="neuron")
    assert tab.inner_text("summary") == "Weights and other inputs without a card: 9"
    tab.locator("summary").click()
    tab.get_by_label("b[2]₁", exact=True).fill("1.5")
    assert "1.5" in tab.evaluate("steps.map(sentence)")[2]


def test_an_operand_used_twice_has_one_slope_that_moves_with_its_slider(open_page):
    tab = open_page(parse("b = a + a; c = b*b", a=1)["c"], 99)
    slopes = "[...document.querySelectorAll('g.backward text')].map(text => text.textContent)"
    assert tab.evaluate(slopes) == ["∂b/∂a = 2", "∂c/∂b = 2 · b = 4"]
    tab.locator("input[type=number]").first.fill("3")
    assert tab.evaluate(slopes) == ["∂b/∂a = 2", "∂c/∂b = 2 · b = 12"]
    assert tab.evaluate("steps.map(sentence)") == [
        "b = a + a = 3 + 3 = 6", "c = b · b = 6 · 6 = 36",
        "∂c/∂c = 1", "∂c/∂b = b + b = 2 · b = 12",
        "∂c/∂a = ∂c/∂b · ∂b/∂a = ∂c/∂b · (1 + 1) = 12 · 2 = 24",
    ]  # fmt: skip


@pytest.mark.parametrize("style", ["cards", "circuit"])
@pytest.mark.parametrize("name", GRAPHS)
def test_moved_leaves_give_what_python_gives(name, style, open_page):
    output = GRAPHS[name]()
    tab = open_page(output, parameters=[], level="value", style=style, digits=4)
    for shift in (0.37, 0.5):
        leaves = [z for z in topological(output) if not z.op]
        for i, leaf in enumerate(leaves):
            leaf.data += shift
            tab.locator("input[type=number]").nth(i).fill(repr(leaf.data))
        output.forward()
        nodes = topological(output)
        found = tab.evaluate("nodes.map(z => [z.value, z.gradient ?? null])")
        gradients = adjoints(output, nodes)
        for z, (value, gradient) in zip(nodes, found, strict=True):
            assert value == pytest.approx(z.data, rel=1e-12, abs=1e-14)
            expected = gradients.get(id(z))
            assert gradient == (None if expected is None else pytest.approx(expected, rel=1e-11, abs=1e-13))
        assert_sentences_are_pythons(tab.evaluate("steps.map(sentence)"), output)


def test_a_slider_moves_the_field_the_cards_and_the_sentence(open_page):
    tab = open_page(lecture(), 9)
    tab.get_by_label("c, slider").focus()
    tab.keyboard.press("ArrowRight")
    assert tab.get_by_label("c", exact=True).input_value() == "2.05"
    assert tab.inner_text("#progress") == "backward 6/6"  # the arrow was the slider's
    assert tab.evaluate("cards.map(c => c.texts[2].textContent)")[1] == "∂J/∂b = 6.15"
    assert tab.inner_text("#sentence") == "∂J/∂c = ∂J/∂u · ∂u/∂c = ∂J/∂u · b = 3 · 3 = 9"


def test_outside_a_domain_the_page_says_so_in_words(open_page):
    tab = open_page(parse("z = log(x); y = exp(1000*w) + z", x=1.0, w=0.1)["y"], 99, style="cards")
    assert tab.inner_text("#problem") == ""
    tab.get_by_label("x", exact=True).fill("-0.25")
    assert tab.inner_text("#problem") == (
        "log needs x > 0, got x = −0.25 at 'x' (in 'z'). Clip the input or use softplus."
    )
    assert tab.evaluate("cards.at(-1).texts[1].textContent") == "no value"
    tab.get_by_label("x", exact=True).fill("1")
    tab.get_by_label("w", exact=True).fill("1")
    assert "exp is too large for a float, got x = 1000 at" in tab.inner_text("#problem")
    tab.get_by_label("w", exact=True).fill("")
    assert tab.inner_text("#problem") == "w needs a number, as 3 or -0.5."
    tab.get_by_label("w", exact=True).fill("0.1")
    assert tab.inner_text("#problem") == ""
    assert "NaN" not in tab.content().split("<script")[0]


@pytest.mark.parametrize(
    ("text", "x", "words"),
    [
        (
            "y = x**3",
            "1e300",
            "pow is too large for a float, got x = 1·10³⁰⁰ at 'x', y = 3 (in 'y'). Scale the input down.",
        ),
        ("y = x/1e-200", "1e200", "div is too large for a float, got "),
        (
            "y = x**-3",
            "1e-300",
            "pow is too large for a float, got x = 1·10⁻³⁰⁰ at 'x', y = −3 (in 'y'). Scale the input up.",
        ),
        ("y = x**-3", "0", "pow needs x > 0, or x = 0 and y ≥ 0, or "),
        ("y = 1/x", "0", "div needs y ≠ 0, got "),
        ("y = log(x)", "0", "log needs x > 0, got "),
        ("y = log1p(x)", "-1", "log1p needs x > −1, got "),
    ],
)
def test_an_overflow_is_no_pole(text, x, words, open_page):
    tab = open_page(parse(text, x=0.5)["y"], 99)
    tab.get_by_label("x", exact=True).fill(x)
    assert tab.inner_text("#problem").startswith(words)


def test_a_gradient_without_a_number_is_told_in_words(open_page):
    tab = open_page(parse("y = sqrt(x) + (-2)**n", x=1.0, n=2.0)["y"], 99)
    assert tab.inner_text("#problem") == "∂y/∂n has no value here: a slope on its way has none."
    tab = open_page(parse("y = sqrt(x)", x=1.0)["y"], 99)
    tab.get_by_label("x", exact=True).fill("0")
    assert tab.inner_text("#problem") == "∂y/∂x is ∞ here: a slope on its way is infinite."
    assert tab.inner_text("#sentence") == "∂y/∂x = 1 / (2 · y) = ∞"


def test_the_policy_blocks_what_is_injected(open_page):
    tab = open_page(lecture())
    tab.evaluate("""() => {
      const script = document.createElement("script");
      script.textContent = "window.ran = 1";
      document.body.append(script);
      document.body.insertAdjacentHTML("beforeend", "<img src='http://127.0.0.1:9/x.png' onerror='window.ran = 1'>");
    }""")
    tab.wait_for_timeout(100)
    assert tab.evaluate("window.ran") is None
    assert any("Content Security Policy" in text for text in open_page.heard)


@pytest.mark.parametrize("name", [*HOSTILE[:5], "</text><img src=x onerror=alert(1)>", "${1}`"])
def test_a_hostile_name_is_text(name, open_page):
    tab = open_page((Value(2.0, name) * 3).named("y"), title=name)
    tab.keyboard.press("End")
    tab.locator("g.node").first.click()
    shown = tab.evaluate("[cards[0].texts[0].textContent, document.getElementById('about').textContent]")
    assert shown == [viz.page((Value(2.0, name) * 3).named("y"))._data["nodes"][0]["name"]] * 2
    assert tab.locator("img").count() == 0
    assert len(open_page.heard) == 1


def test_everything_can_be_reached_by_keyboard(open_page):
    tab = open_page(lecture())
    reached = []
    for _ in range(20):
        tab.keyboard.press("Tab")
        reached.append(tab.evaluate("document.activeElement.id || document.activeElement.getAttribute('aria-label')"))
    assert reached[:6] == ["first", "previous", "next", "last", "play", "quiz"]
    assert reached[8] == "a, value 5, gradient not computed yet"
    assert reached[14:] == ["a, slider", "leaf0", "b, slider", "leaf1", "c, slider", "leaf2"]
    tab.locator("g.node").nth(1).focus()
    tab.keyboard.press("End")
    tab.keyboard.press("Enter")
    assert tab.evaluate("document.activeElement.id") == "about"
    assert tab.locator("#entries p, #entries li").all_inner_texts() == [
        "b = 3", "∂J/∂b = ∂J/∂u · ∂u/∂b = ∂J/∂u · c = 3 · 2 = 6",
        "Along the only path:", "b → u → v → J: 2 · 1 · 3 = 6",
    ]  # fmt: skip
    tab.keyboard.press("Escape")
    assert tab.evaluate("document.activeElement.getAttribute('aria-label')") == "b, value 3, gradient ∂J/∂b = 6"
    tab.keyboard.press("Home")
    assert tab.inner_text("#sentence") == "Given: a = 5, b = 3, c = 2"
    assert tab.get_attribute("#sentence", "aria-live") == "polite"


def test_paths_of_a_ledger_add_up_to_the_gradient(open_page):
    tab = open_page(parse("u = a*b; v = a + u; y = u*v", a=2.0, b=3.0)["y"], 99)
    tab.locator("g.node").first.click()
    lines = tab.locator("#entries li").all_inner_texts()
    assert sorted(lines) == [
        "a → u → v → y: 3 · 1 · 6 = 18", "a → u → y: 3 · 8 = 24", "a → v → y: 1 · 6 = 6",
    ]  # fmt: skip
    assert "= 48" in tab.inner_text("#entries")


def test_the_quiz_gives_hints_in_steps_and_no_answer_at_a_wrong_try(open_page):
    tab = open_page(lecture(), 5)
    assert tab.inner_text("#sentence") == "∂J/∂v = 3"
    tab.keyboard.press("q")
    assert tab.inner_text("#sentence") == "∂J/∂v = ?"
    assert "3" not in tab.evaluate("cards[4].texts[2].textContent")
    tab.locator("#hint").click()
    assert tab.inner_text("#verdict") == "Hint 1 of 2: It is the slope of J = 3 · v by v."
    for _ in range(3):
        tab.keyboard.press("ArrowRight")
    for answer, verdict in (
        ("7", "Not 7."),
        ("-6", "Not -6: perhaps the sign is off."),
        ("5", "Not 5: perhaps ∂J/∂u and ∂u/∂b were added, not multiplied."),
    ):
        tab.get_by_label("∂J/∂b =").fill(answer)
        tab.keyboard.press("Enter")
        assert tab.inner_text("#verdict") == verdict
    rule = "The chain rule: ∂J/∂u, which has arrived at u, times the slope of u = b · c by b."
    for k, hint in enumerate([rule, "∂J/∂u · ∂u/∂b", "3 · 2"], 1):
        tab.locator("#hint").click()
        assert tab.inner_text("#verdict") == f"Hint {k} of 4: {hint}"
    tab.get_by_label("∂J/∂b =").fill("12/2")
    tab.keyboard.press("Enter")
    assert tab.inner_text("#sentence") == "Right. ∂J/∂b = ∂J/∂u · ∂u/∂b = ∂J/∂u · c = 3 · 2 = 6"
    assert tab.inner_text("#progress") == "backward 5/6 · 1 of 5 found, 0 without help"
    assert tab.evaluate("cards.map(c => c.texts[2].textContent)") == [
        "∂J/∂a = ?", "∂J/∂b = 6", "…", "∂J/∂u = ?", "∂J/∂v = ?", "∂J/∂J = 1",
    ]  # fmt: skip


def test_the_quiz_ends_with_a_score(open_page):
    tab = open_page(lecture(), 4)
    tab.keyboard.press("q")
    for answer in ("3", "3", "3", "6"):
        tab.keyboard.press("ArrowRight")
        tab.locator("#answer").fill(answer)
        tab.keyboard.press("Enter")
    tab.keyboard.press("ArrowRight")
    for _ in range(4):
        tab.locator("#hint").click()
    assert tab.inner_text("#sentence") == "∂J/∂c = ∂J/∂u · ∂u/∂c = ∂J/∂u · b = 3 · 3 = 9"
    assert tab.inner_text("#progress") == "backward 6/6 · 5 of 5 found, 4 without help"


@pytest.mark.parametrize("name", ["lecture", "logistic regression", "relu", "uses", "ties"])
def test_slips_are_named_in_the_words_of_a_marking(name, open_page):
    output = GRAPHS[name]()
    tab = open_page(output, parameters=[])
    told, seen = tab.evaluate("lines.map(line => slips(line).map(([number]) => [number, causes(line, number)]))"), set()
    listed = {step.name: step for step in steps(output, 4) if step.phase == "backward"}
    names = tab.evaluate("lines.map(line => line.name)")
    for line, answers in zip(names, told, strict=True):
        for number, clauses in answers if line in listed and line != names[-1] else ():
            known = {slip.clause for slip in diagnose(listed[line], number)} if number is not None else set()
            assert set(clauses) <= known, (line, number, known)
            seen |= set(clauses)
    assert len(seen) > 10


def test_it_plays_and_stops_at_the_end(open_page):
    tab = open_page(lecture(), 8)
    tab.keyboard.press("p")
    assert tab.inner_text("#play") == "pause"
    tab.get_by_text("backward 6/6").wait_for(timeout=4000)
    assert tab.inner_text("#play") == "play"


def test_motion_is_only_for_those_who_like_it(open_page):
    tab = open_page(lecture(), 7)
    motion = "getComputedStyle(document.querySelector('g.backward.current path')).animationName"
    assert tab.evaluate(motion) == "flow"
    tab.emulate_media(reduced_motion="reduce")
    assert tab.evaluate(motion) == "none"
    tab.emulate_media(reduced_motion="no-preference")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_texts_stay_on_their_cards_and_can_be_read(scheme, open_page):
    tab = open_page(logistic_regression(), 99, level="named")
    tab.emulate_media(color_scheme=scheme)
    tab.get_by_label("w₁", exact=True).fill("-123.456e-9")
    inside = tab.eval_on_selector_all(
        "g.node",
        """all => all.every(g => {
      const card = g.querySelector("rect").getBoundingClientRect();
      return [...g.querySelectorAll("text")].every(t => {
        const text = t.getBoundingClientRect();
        return card.left <= text.left && text.right <= card.right;
      });
    })""",
    )
    assert inside
    page, ink = tab.evaluate("[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]")
    light = [sum(map(int, colour[4:-1].split(","))) for colour in (page, ink)]
    assert (light[0] > light[1]) == (scheme == "light") and math.dist(light[:1], light[1:]) > 400
    tab.emulate_media(color_scheme="light")


def test_it_works_in_a_notebooks_frame(tab):
    tab.goto("about:blank")  # or the policy of the page before would hold
    tab.set_content(viz.page(lecture())._repr_html_())
    frame = tab.frame_locator("iframe")
    frame.locator("#next").click()
    assert frame.locator("#sentence").inner_text() == "u = b · c = 3 · 2 = 6"


MARKS = "all => all.map(each => [...each.querySelectorAll('i, .above, .below, sub')].map(part => part.textContent))"


def test_names_are_set_as_maths_and_stay_the_same_text(open_page):
    tab = open_page((Value(2.0, "layer1.neuron2.w0") * Value(3.0, "x[1]") + Value(1.0, "bias")).named("L^[2]"))
    labels = "#leaves label"
    assert tab.locator(labels).all_text_contents() == ["w[1]₂₀", "x[1]", "bias"]
    assert tab.eval_on_selector_all(labels, MARKS) == [["w", "[1]", "₂₀"], [], []]
    tab.keyboard.press("End")
    tab.keyboard.press("Home")
    tab.keyboard.press("n")
    told = tab.text_content("#sentence")
    assert told == tab.evaluate("sentence(steps[0])") and told.startswith("v₁ = w[1]₂₀ · x[1]")
    assert tab.eval_on_selector_all("#sentence", MARKS)[0][:4] == ["v", "w", "[1]", "₂₀"]
    above, below = (tab.locator(f"#sentence {part}").first.bounding_box() for part in (".above", ".below"))
    assert abs(above["x"] - below["x"]) < 1 and above["y"] < below["y"]
    tab.locator("g.node").last.click()
    assert tab.eval_on_selector_all("#about", MARKS)[0][:2] == ["L", "[2]"]
    names = "w[2]₁,₁₂ + ∂J/∂wₓ · σ(Wᵢⱼ) + y_pred + 3·10⁻⁴ + relu(a)"
    tab.evaluate(f"typeset(find('sentence'), '{names}')")
    assert tab.text_content("#sentence") == names
    assert tab.evaluate("[...document.querySelectorAll('#sentence i')].map(each => each.textContent)") == [*"wJwWa"]
