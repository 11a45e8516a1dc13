"""The step page's keys, its way on to slides around it, paper, what if, and numbers that move."""

import json

import pytest

import viz
from autograd import parse
from tests.viz.graph.test_scene import lecture
from tests.viz.motion import test_page_in_browser

pytestmark = pytest.mark.browser
tab, open_page = test_page_in_browser.tab, test_page_in_browser.open_page  # the fixtures


def until(tab, condition):
    """Wait; the page's policy forbids what playwright waits with."""
    for _ in range(300):
        if tab.evaluate(condition):
            return
        tab.wait_for_timeout(100)
    pytest.fail(f"never: {condition}")


def test_keys_step_and_a_list_of_them_opens(open_page):
    tab = open_page(lecture())
    for key, at in (("n", 1), ("PageDown", 2), ("b", 1), ("ArrowRight", 2), ("PageUp", 1), ("End", 9), ("Home", 0)):
        tab.keyboard.press(key)
        assert tab.evaluate("at") == at
    tab.keyboard.press("Space")
    assert tab.inner_text("#play") == "pause"
    tab.keyboard.press("Space")
    assert tab.inner_text("#play") == "play"
    assert tab.locator("#help").is_hidden()
    tab.keyboard.press("?")
    listed = tab.locator("#list th").all_inner_texts()
    assert {"→  PageDown  n", "space  p", "f", "?"} <= set(listed)
    known = tab.evaluate("Object.keys(KEYS).every(id => ACTIONS[id])")
    assert known and len(listed) == tab.evaluate("Object.keys(KEYS).length") + 1
    tab.keyboard.press("Escape")
    assert tab.locator("#help").is_hidden()


def test_a_field_and_a_button_keep_their_keys(open_page):
    tab = open_page(lecture(), 9)
    tab.get_by_label("a", exact=True).focus()
    tab.keyboard.press("n")
    tab.keyboard.press("Space")
    tab.locator("#previous").focus()
    tab.keyboard.press("Space")
    assert tab.evaluate("at") == 8 and tab.inner_text("#play") == "play"


SLIDES = """<script>window.heard = []; addEventListener("message", event => heard.push(event.data))</script>"""


def test_at_both_ends_keys_go_on_to_the_slides_around(tab):
    tab.goto("about:blank")
    tab.set_content(SLIDES + viz.page(lecture())._repr_html_())
    frame = tab.frames[-1]
    sent = []
    for at, keys, method in (("#first", ("PageUp", "ArrowLeft", "b"), "prev"), ("#last", ("PageDown", "n"), "next")):
        for key in keys:
            frame.locator(at).evaluate("each => { each.focus(); each.click(); }")
            tab.keyboard.press(key)
            sent.append({"method": method})
            until(tab, f"heard.length === {len(sent)} && document.hasFocus()")
    assert [json.loads(text) for text in tab.evaluate("heard")] == sent
    tab.keyboard.press("b")  # the slides have the keys now
    assert frame.evaluate("at") == 9
    frame.locator("#previous").click()
    tab.keyboard.press("PageUp")
    assert frame.evaluate("at") == 7 and tab.evaluate("heard.length") == len(sent)


def test_paper_has_the_last_step_and_both_passes(open_page):
    tab = open_page(lecture(), 2)
    tab.emulate_media(media="print")
    tab.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert tab.locator("#controls, #leaves, #sentence").first.is_hidden()
    assert tab.locator("#listing li").all_inner_texts() == [
        "Given: a = 5, b = 3, c = 2", *tab.evaluate("steps.map(sentence)")
    ]  # fmt: skip
    assert tab.evaluate("cards[0].texts[2].textContent") == "∂J/∂a = 3"
    assert tab.locator("#stage .current").count() == 0
    tab.evaluate("dispatchEvent(new Event('afterprint'))")
    tab.emulate_media(media="screen")
    assert tab.locator("#listing").is_hidden() and tab.evaluate("cards[0].texts[2].textContent") == "…"


def test_what_if_an_inner_node_had_another_value_or_gradient(open_page):
    tab = open_page(parse("u = b*c; v = a + u; J = v**2", a=5, b=3, c=2)["J"], 99, level="value")
    tab.locator("g.node", has_text="u = b").click()
    tab.get_by_label("What if u were").fill("10")
    tab.keyboard.press("Enter")
    shown = "cards.map(card => card.texts.slice(1).map(text => text.textContent))"
    assert tab.evaluate(shown)[3:] == [["10", "∂J/∂u = 30"], ["15", "∂J/∂v = 30"], ["225", "∂J/∂J = 1"]]
    assert tab.evaluate(shown)[1] == ["3", "∂J/∂b = 60"]
    assert tab.inner_text("#forced") == "u is forced to 10 (calculated: 6)"
    assert (
        tab.evaluate("cards.map(card => card.group.classList.contains('forced'))") == [False] * 3 + [True] + [False] * 2
    )
    assert tab.evaluate("steps.map(sentence)")[0] == "u = b · c = 3 · 2 = 6, forced to 10"
    tab.get_by_label("What if ∂J/∂u were").fill("-1")
    tab.keyboard.press("Enter")
    assert tab.evaluate(shown)[0][1:] == ["∂J/∂a = 30"] and tab.evaluate(shown)[2][1:] == ["∂J/∂c = −3"]
    assert "∂J/∂u is forced to −1 (calculated: 30)" in tab.inner_text("#forced")
    tab.locator("#reset").click()
    assert tab.evaluate(shown)[3:] == [["6", "∂J/∂u = 22"], ["11", "∂J/∂v = 22"], ["121", "∂J/∂J = 1"]]
    assert tab.inner_text("#forced") == "" and tab.locator("#reset").is_hidden()


def test_a_forced_gradient_goes_on_from_behind_a_closed_gate(open_page):
    tab = open_page(parse("u = 2*a; r = relu(u); J = 3*r", a=-1)["J"], 99)
    tab.locator("g.node", has_text="u = ").first.click()
    tab.get_by_label("What if ∂J/∂u were").fill("1/2")
    tab.keyboard.press("Enter")
    assert tab.evaluate("cards[0].texts[2].textContent") == "∂J/∂a = 1"


def test_numbers_move_along_the_roads_while_it_plays(open_page):
    tab = open_page(lecture())
    tab.keyboard.press("ArrowRight")
    assert tab.locator(".moving").count() == 0
    tab.keyboard.press("Home")
    tab.keyboard.press("p")
    tab.wait_for_selector(".moving", state="attached", timeout=5000)
    assert tab.locator(".moving").all_text_contents() == ["3", "2"]
    tab.keyboard.press("p")
    tab.wait_for_selector(".moving", state="detached", timeout=5000)
    tab.keyboard.press("Home")
    tab.emulate_media(reduced_motion="reduce")
    tab.keyboard.press("p")
    until(tab, "at > 1")
    assert tab.evaluate("document.getAnimations().length") == tab.locator(".moving").count() == 0
    tab.emulate_media(reduced_motion="no-preference")
