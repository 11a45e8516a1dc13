"""The step page in windows of all sizes: the picture fits, its text can be read, and nothing lies over anything."""

import pytest

import viz
from autograd import parse
from benchmarks import lectures
from examples import gallery
from tests.viz.graph.test_scene import lecture, logistic_regression
from tests.viz.motion import test_page_in_browser
from tests.viz.motion.test_page_in_browser import network_loss
from tests.viz.motion.test_page_keys import until

pytestmark = pytest.mark.browser
tab, open_page = test_page_in_browser.tab, test_page_in_browser.open_page  # the fixtures

# A slide is 13.33 in = 960 pt wide; text of so many pixels has 960 / innerWidth times as many points on it.
SMALLEST = """() => {
  const { width } = stage.getBoundingClientRect(), texts = stage.querySelectorAll("g.view:not([display]) text");
  const sizes = [...texts].map(text => text.getAttribute("font-size") * width / stage.viewBox.baseVal.width);
  return [Math.min(...sizes), Math.min(...sizes) * 960 / innerWidth];
}"""
LECTURES = [  # and the points that their text has at least
    (lecture, 14), (logistic_regression, 14), (gallery.residual, 14), (gallery.xor, 14), (gallery.chain, 14),
    (lambda: network_loss(2, [16, 16, 1]), 14),
]  # fmt: skip


MOVED = """which => document.querySelectorAll("input[type=range]").forEach(slider => {
  slider.value = slider[which];
  slider.dispatchEvent(new Event("input"));
})"""


@pytest.fixture
def window(tab):
    yield lambda width, height: tab.set_viewport_size({"width": width, "height": height})
    tab.set_viewport_size({"width": 1280, "height": 720})


def is_seen(tab, *ids):
    """Whether elements lie in the window, without scrolling."""
    lowest = max(tab.evaluate(f"document.getElementById('{i}').getBoundingClientRect().bottom") for i in ids)
    return lowest <= tab.evaluate("innerHeight")


@pytest.mark.parametrize("size", [(1280, 720), (3840, 2160)])
@pytest.mark.parametrize(("make", "least"), LECTURES)
def test_a_lectures_text_can_be_read_on_a_projector(make, least, size, window, open_page):
    window(*size)
    tab = open_page(make(), 4)
    for _ in range(2):  # in the window, and on the full screen
        _, points = tab.evaluate(SMALLEST)
        assert points >= least
        assert is_seen(tab, "stage", "sentence", "controls")
        assert not tab.evaluate("panel.scrollWidth > panel.clientWidth || panel.scrollHeight > panel.clientHeight")
        tab.keyboard.press("f")
    said = "parseFloat(getComputedStyle(document.getElementById('sentence')).fontSize) * 960 / innerWidth"
    assert tab.evaluate(said) >= 14


@pytest.mark.parametrize("name", lectures.NAMED)
def test_a_lectures_text_can_be_read_wherever_its_sliders_stand(name, open_page):
    tab = open_page(lectures.NAMED[name][0](), 999)
    for which in ("value", "min", "max"):
        tab.evaluate(MOVED, which)
        assert tab.evaluate(SMALLEST)[1] >= 14
        assert tab.evaluate(OVER if tab.evaluate("!isCircuit") else "[]") == []


def test_a_number_has_as_many_digits_as_there_is_room_for(open_page):
    tab = open_page(parse("u = b*c; J = 3*u", b=3, c=2)["J"], 99, style="circuit")
    shown = "cards.map(card => card.texts.map(text => text.textContent))"
    for value, written in (("0.00123456", "0.0012"), ("-12345678", "−1·10⁷"), ("-1.5e-30", "≈ 0"), ("1e9", "1·10⁹")):
        tab.get_by_label("b", exact=True).fill(value)
        assert tab.evaluate(shown)[0][1] == written
        assert tab.evaluate("nodes[0].value") == float(value)
    fewer = "[0.0087, 12.432, 432.1, 66082].map(x => [2, 1, 0].map(n => numeral(x, false, 3, n).text))"
    assert tab.evaluate(fewer) == [
        ["0.0087", "0.009", "0"], ["12", "12", "12"], ["432", "432", "432"], ["6.6·10⁴", "7·10⁴", "7·10⁴"],
    ]  # fmt: skip


@pytest.mark.parametrize("make", [lecture, gallery.xor, lambda: network_loss(2, [3, 1])])
def test_a_phone_moves_the_picture_and_not_the_page(make, window, open_page):
    window(390, 844)
    tab = open_page(make(), 5)
    assert tab.evaluate("document.documentElement.scrollWidth") == 390
    assert tab.evaluate(SMALLEST)[0] > 11.9 and is_seen(tab, "stage", "sentence")
    inside = "cards[current()[1]].group.getBoundingClientRect()"
    assert tab.evaluate(f"{inside}.left") >= 0 and tab.evaluate(f"{inside}.right") <= 390


def test_the_card_of_a_step_is_brought_into_sight(open_page):
    tab = open_page(logistic_regression(), level="value")
    within = """(() => { const [a, b] = [panel, cards[current()[1]].group].map(each => each.getBoundingClientRect());
      return a.left <= b.left && b.right <= a.right && a.top <= b.top && b.bottom <= a.bottom; })()"""
    assert tab.evaluate("panel.scrollWidth > panel.clientWidth")
    for _ in range(tab.evaluate("steps.length")):
        tab.keyboard.press("n")
        assert tab.evaluate(within)
    assert tab.evaluate("scrollY") == 0


def test_keys_make_the_picture_larger_and_the_pointer_moves_it(open_page):
    tab = open_page(lecture(), 99)
    width, scrolled = "stage.getBoundingClientRect().width", "[panel.scrollLeft, panel.scrollTop]"
    before = tab.evaluate(width)
    tab.keyboard.press("-")
    assert tab.evaluate(width) == before
    for key in "++-":
        tab.keyboard.press(key)
    assert tab.evaluate(width) == pytest.approx(1.25 * before)
    x, y = tab.evaluate("(({ x, y }) => [x + 9, y + 9])(cards[3].group.getBoundingClientRect())")
    left = tab.evaluate(scrolled)[0]
    tab.mouse.move(x, y)
    tab.mouse.down()
    tab.mouse.move(x + 60, y, steps=4)
    tab.mouse.up()
    assert tab.evaluate(scrolled)[0] == pytest.approx(left - 60, abs=1)
    assert tab.locator("#ledger").is_hidden()
    tab.keyboard.press("0")
    assert tab.evaluate(width) == before
    tab.mouse.click(*tab.evaluate("(({ x, y }) => [x + 9, y + 9])(cards[0].group.getBoundingClientRect())"))
    assert tab.locator("#ledger").is_visible()


def test_the_wheel_enlarges_what_is_under_it(open_page):
    tab = open_page(lecture(), 99)
    middle = "(({ x, y, width, height }) => [x + width / 2, y + height / 2])(cards[4].group.getBoundingClientRect())"
    x, y = tab.evaluate(middle)
    tab.mouse.move(x, y)
    tab.mouse.wheel(0, -300)
    assert tab.evaluate("zoom") == 1
    tab.keyboard.down("Control")
    tab.mouse.wheel(0, -300)
    tab.keyboard.up("Control")
    until(tab, "zoom > 2")
    assert tab.evaluate(middle) == pytest.approx([x, y], abs=12)


def test_the_full_screen_has_the_picture_and_the_sentence_alone(open_page):
    tab = open_page(logistic_regression(), 5)
    before = tab.evaluate("stage.getBoundingClientRect().width")
    tab.keyboard.press("f")
    until(tab, "document.fullscreenElement")
    assert tab.locator("#leaves, h1").first.is_hidden() and tab.locator("#sentence").is_visible()
    assert tab.evaluate("stage.getBoundingClientRect().width") >= before
    tab.keyboard.press("f")
    until(tab, "!document.fullscreenElement")
    assert tab.locator("#leaves").is_visible()


def test_long_names_leave_their_sliders_alive(open_page):
    tab = open_page(network_loss(2, [4, 1]), 5)
    widths = tab.eval_on_selector_all("input[type=range]", "all => all.map(each => each.getBoundingClientRect().width)")
    assert len(widths) == 19 and min(widths) > 100
    tab.get_by_label("w[1]₂₀, slider").press("ArrowRight")
    assert tab.locator("#sentence").inner_text()


OVER = """() => [...stage.querySelectorAll("g.view:not([display]) text")].filter(text => {
  const { x, y, width, height } = text.getBBox(), own = text.closest("g.node");
  return text.textContent && cards.some(({ group }) => {
    const card = group.querySelector("rect:last-of-type").getBBox();
    const right = card.x + card.width, bottom = card.y + card.height;
    if (group === own) return x < card.x || x + width > right || y < card.y || y + height > bottom;
    return x < right && x + width > card.x && y < bottom && y + height > card.y;
  });
}).map(text => text.textContent)"""


@pytest.mark.parametrize("level", ["value", "neuron", "auto"])
@pytest.mark.parametrize(
    "make", [lambda: network_loss(2, [4, 1]), gallery.two_layers, lambda: parse("y = a*b + sin(a)", a=1, b=2)["y"]]
)
def test_no_text_lies_over_a_cards_border(make, level, open_page):
    tab = open_page(make(), level=level)
    for key in ("Home", "End"):
        tab.keyboard.press(key)
        assert tab.evaluate(OVER) == []
    tab.evaluate("leaves.forEach(({ node }, i) => nodes[node].data *= -12.345 + i), calculate(), show()")
    assert tab.evaluate(OVER) == []


def test_a_notebooks_frame_has_no_blank_below(tab):
    tab.goto("about:blank")
    tab.set_content(f"<div style='width: 900px'>{viz.page(lecture())._repr_html_()}</div>")
    frame = tab.frames[-1]
    frame.locator("#next").click()
    blank = "innerHeight - document.getElementById('leaves').getBoundingClientRect().bottom"
    until(frame, f"{blank} >= 0 && {blank} < 60")
