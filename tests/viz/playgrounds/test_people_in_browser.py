"""The playground for people: by keyboard, by touch, with a screen reader, in a slide's frame."""

import pytest

from tests.viz.playgrounds import test_playground_in_browser as pages
from tests.viz.playgrounds.test_playground_in_browser import CIRCLE, until

pytestmark = pytest.mark.browser
browser_page, file, opened = pages.browser_page, pages.file, pages.opened

SHOWN = """const shown = [...document.querySelectorAll("button, select, input, textarea, summary, [tabindex='0']")]
  .filter(e => e.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true }));"""
NAME = """const name = e => (e.ariaLabel || e.labels?.[0]?.textContent || e.textContent || e.title).trim();"""


def everything(opened):
    """The page with all its panels open."""
    tab = opened(CIRCLE + "&cg_rival=adam&cg_optimizer=momentum")
    for panel in ("#take", "#yours", "#accuracy"):
        tab.click(panel)
    tab.click(".neuron[data-key='6']")
    until(tab, "!frame")
    return tab


def test_each_control_has_a_name_of_its_own(opened):
    tab = everything(opened)
    names = tab.evaluate(f"(() => {{ {SHOWN} {NAME} return shown.map(e => [e.tagName, name(e)]); }})()")
    assert len(names) > 80
    assert [tag for tag, name in names if not name] == []
    buttons = [name for tag, name in names if tag == "BUTTON"]
    repeated = {name for name in buttons if buttons.count(name) > 1}
    assert repeated == set()


def test_references_and_roles_are_whole(opened):
    tab = everything(opened)
    broken = tab.evaluate("""(() => {
      const all = [...document.querySelectorAll("*")], ids = all.map(e => e.id).filter(Boolean);
      const refers = ["aria-controls", "aria-labelledby", "aria-describedby", "for"];
      return [
        ...ids.filter((id, i) => ids.indexOf(id) !== i),
        ...all.flatMap(e => refers.map(key => e.getAttribute(key)).filter(id => id && !ids.includes(id))),
        ...all.filter(e => e.tabIndex > 0).map(e => e.outerHTML),
        ...all.filter(e => e.ariaHidden === "true" && e.querySelector("button, input, select, a")).map(e => e.id),
        ...all.filter(e => e.matches("canvas, svg") && !e.closest("[aria-hidden], [role=img], button")).map(e => e.id),
      ];
    })()""")
    assert broken == []


def test_tab_goes_through_the_page_in_the_order_of_reading(opened):
    tab = everything(opened)
    order = tab.evaluate(f"""(() => {{ {SHOWN}
      return shown.filter(e => e.tabIndex >= 0).map((e, i) => {{ e.dataset.order = i; return i; }}); }})()""")
    tab.focus("[data-order='0']")
    seen = [0]
    for _ in order[1:]:
        tab.keyboard.press("Tab")
        seen.append(tab.evaluate("Number(document.activeElement.dataset.order)"))
    assert seen == order


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out_from_what_is_behind_them(scheme, opened, browser_page):
    browser_page.emulate_media(color_scheme=scheme)
    tab = everything(opened)
    pale = tab.evaluate("""(() => {
      const parts = colour => colour.match(/[\\d.]+/g).map(Number);
      const linear = c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; // WCAG 2.2, relative luminance
      const light = ([r, g, b]) => 0.2126 * linear(r / 255) + 0.7152 * linear(g / 255) + 0.0722 * linear(b / 255);
      const behind = e => {
        const colour = e ? parts(getComputedStyle(e).backgroundColor) : [255, 255, 255];
        return colour[3] === 0 ? behind(e.parentElement) : colour;
      };
      const hasWords = e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim());
      const said = [...document.querySelectorAll("body *:not(script, option, noscript, svg *)")];
      return said.filter(e => e.checkVisibility() && hasWords(e) && !e.closest("#map")).flatMap(e => {
        const { color, fontSize, fontWeight } = getComputedStyle(e);
        const isLarge = parseFloat(fontSize) >= 18.6 && fontWeight >= 600;
        const [a, b] = [light(parts(color)), light(behind(e))].sort((a, b) => b - a);
        return (a + 0.05) / (b + 0.05) < (isLarge ? 3 : 4.5) ? [[e.textContent, color, behind(e).join()]] : [];
      });
    })()""")
    browser_page.emulate_media(color_scheme="light")
    assert pale == []


def test_states_are_told_as_they_change(opened):
    tab = opened(CIRCLE)
    for press, state in (("#take", "aria-expanded"), ("#yours", "aria-expanded"), ("#play", "aria-pressed")):
        tab.focus(press)
        told = []
        for _ in range(2):
            tab.keyboard.press("Enter")
            told.append(tab.get_attribute(press, state))
            tab.focus(press)
        assert told == ["true", "false"]
    tab.focus("[data-key=xSquared]")
    tab.keyboard.press("Enter")
    assert tab.get_attribute("[data-key=xSquared]", "aria-pressed") == "true"
    assert tab.evaluate("document.activeElement.dataset.key") == "xSquared"
    tab.focus(".neuron[data-key='5']")
    tab.keyboard.press("Enter")
    until(tab, "!frame")
    assert tab.get_attribute("#cards button:has(.current)", "aria-label").startswith("z[1]₃ value ")
    assert [tab.get_attribute(f"#{name}", "role") for name in ("trouble", "sentence", "own-told")] == [
        "alert",
        "status",
        "status",
    ]


def test_a_weight_is_opened_by_keyboard(opened):
    tab = opened(CIRCLE)
    tab.focus(".neuron[data-key='3']")
    tab.keyboard.press("Enter")
    until(tab, "!frame")
    tab.focus("#fields button >> nth=2")
    tab.keyboard.press("Enter")
    until(tab, "!frame")
    assert tab.inner_text("#about").replace("\n", "") == "Weight w[1]₂₁: training point 1 of 250"
    assert tab.inner_text("#sentence").replace("\n", "").startswith("∂L/∂w[1]₂₁ = ")
    assert tab.evaluate("document.querySelectorAll('#cards path.current').length") == 1


# ── touch ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def touched(browser_page, file):
    """The page on a phone."""
    context = browser_page.context.browser.new_context(has_touch=True, viewport={"width": 360, "height": 740})
    tab = context.new_page()
    tab.goto(f"file://{file}{CIRCLE}")
    yield tab
    context.close()


def drag(tab, ends):
    """A finger that goes from one place to another."""
    session = tab.context.new_cdp_session(tab)
    (x0, y0), (x1, y1) = ends
    session.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x0, "y": y0}]})
    for k in range(1, 9):
        at = {"x": x0 + (x1 - x0) * k / 8, "y": y0 + (y1 - y0) * k / 8}
        session.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [at]})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def box(tab, selector):
    tab.locator(selector).scroll_into_view_if_needed()
    return tab.locator(selector).bounding_box()


def test_a_finger_opens_a_link_and_a_point(touched):
    tab = touched
    box(tab, "#picture")
    x, y = tab.evaluate("""(() => {
      const { hit } = links[3], { x, y } = hit.getPointAtLength(hit.getTotalLength() * 0.3);
      const p = new DOMPoint(x, y).matrixTransform(hit.getScreenCTM());
      return [p.x, p.y];
    })()""")
    tab.touchscreen.tap(x, y)
    until(tab, "opened?.link !== undefined")
    assert tab.is_visible("#card-field")
    tab.keyboard.press("Escape")
    place = box(tab, "#map")
    u, v = tab.evaluate(f"spot(play.train[7], {place['width']})")
    tab.touchscreen.tap(place["x"] + u, place["y"] + v)
    until(tab, "pinned")
    assert tab.evaluate("[pinned.set, play.train[pinned.index].label === play.train[7].label]") == ["train", True]


def test_a_finger_drags_a_slider_and_reads_the_chart(touched):
    tab = touched
    place = box(tab, "#percTrainData")
    middle = place["y"] + place["height"] / 2
    drag(tab, [(place["x"] + place["width"] / 2, middle), (place["x"] + place["width"] - 3, middle)])
    assert tab.evaluate("play.state.percTrainData") == 90
    tab.evaluate("(() => { while (play.clock.epoch < 9) { play.clock.ahead('epoch'); note(play.losses); } wake(); })()")
    place = box(tab, "#chart")
    tab.touchscreen.tap(place["x"] + place["width"] - 2, place["y"] + 20)
    assert tab.get_attribute("#chart", "aria-label").startswith("Losses: epoch 9: train ")


def test_a_finger_steps_the_graph(touched):
    tab = touched
    tab.tap(".neuron[data-key='2']")
    until(tab, "!frame && find('graph').open")
    tab.tap("#next")
    until(tab, "!frame")
    assert tab.inner_text("#progress") == "forward 2/15"
    tab.tap("#cards button >> nth=-1")
    until(tab, "!frame")
    assert tab.evaluate("[opened.loss, operation]") == [True, 15]
    inside = tab.evaluate("""(() => {
      const card = document.querySelector("#cards button > .current").getBoundingClientRect(),
        stage = find("stage").getBoundingClientRect();
      return card.left >= stage.left && card.right <= stage.right + 1;
    })()""")
    assert inside


def test_fingers_have_room(touched):
    small = touched.evaluate("""[...document.querySelectorAll("button:not(.bias), select, input, summary")]
      .filter(e => e.checkVisibility())
      .map(e => [e.id || e.ariaLabel, (e.closest(".check") ?? e).getBoundingClientRect()])
      .filter(([, { width, height }]) => width < 24 || height < 24).map(([id]) => id)""")
    assert small == []


# ── frames ────────────────────────────────────────────────────────────────────────────────────────


def test_a_slides_frame_has_the_network_and_the_map(opened):
    tab = opened(CIRCLE, 640, 400)
    for selector in ("#play", "#ahead-epoch", ".neuron[data-key='2']", ".neuron[data-key='8']", "#loss-test"):
        place = tab.locator(selector).bounding_box()
        assert place["y"] + place["height"] <= 400, selector
    place = tab.locator("#map").bounding_box()
    assert place["y"] < 260
    assert tab.evaluate("document.documentElement.scrollWidth") <= 640
