"""Pictures in a real browser: every text is drawn, inside its card, and nothing runs or is loaded."""

import os
import shutil

import pytest

import viz
from examples import gallery

pytestmark = pytest.mark.browser
CHROMIUM = shutil.which("chromium")

MEASURE = """() => [...document.querySelectorAll("g.node")].map(node => {
  const box = r => { const b = r.getBoundingClientRect(); return [b.left, b.right, b.top, b.bottom] };
  const card = node.firstElementChild.tagName === "rect" ? node.firstElementChild : node.closest("svg"); // of a circuit
  return [box(card), [...node.querySelectorAll("text")].map(t => [t.textContent, ...box(t)])];
})"""


@pytest.fixture(scope="module")
def page():
    if not CHROMIUM:
        if os.environ.get("CI"):
            pytest.fail("CI needs Debian's chromium")
        pytest.skip("no chromium here")
    sync = (
        pytest.importorskip("playwright.sync_api")
        if not os.environ.get("CI")
        else __import__("playwright.sync_api", fromlist=["sync_playwright"])
    )
    with sync.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser.new_page()
        browser.close()


@pytest.mark.parametrize("name", [row.name for row in gallery.PICTURES["Graphs"]])
def test_texts_stay_inside_their_cards(page, name):
    page.set_content((gallery.HERE / f"{name}.svg").read_text("utf-8"))
    cards = page.evaluate(MEASURE)
    assert cards
    for (left, right, top, bottom), texts in cards:
        assert texts
        for text, x0, x1, y0, y1 in texts:
            assert left <= x0 < x1 <= right, text
            assert top - 1 <= y0 < y1 <= bottom + 1, text


def test_a_hostile_name_does_nothing(page):
    from autograd import Value

    messages, requests = [], []
    page.on("console", lambda message: messages.append(message.text))
    page.on("request", lambda request: requests.append(request.url))
    name = '</text><script>console.log("ran")</script><image href="http://127.0.0.1:9/x.png"/>'
    page.set_content(viz.draw((Value(2.0, name) * 3).named("y"), style="cards").svg)
    assert f"{name} = 2" in page.locator("g.node text").all_text_contents()
    assert (messages, requests) == ([], [])
