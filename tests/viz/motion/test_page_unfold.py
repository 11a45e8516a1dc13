"""A folded card of a page unfolds in place: every node keeps its number, its step and its place while it moves."""

import pytest

import viz
from autograd import topological
from tests.viz.motion import test_page_in_browser
from tests.viz.motion.test_page_in_browser import SHOWN, assert_said, network_loss, written
from tests.viz.motion.test_page_keys import until

pytestmark = pytest.mark.browser
tab, open_page = test_page_in_browser.tab, test_page_in_browser.open_page  # the fixtures

TITLES = "cards.map(card => card.title)"
OPENED = "[views.indexOf(view), at, steps.length]"
STILL = "!panel.classList.contains('morphing')"
MOVES = "document.getAnimations().filter(each => each.constructor === Animation)"


def unfold(tab, title):
    """Click the card whose title begins like this, and wait until nothing moves."""
    tab.evaluate(f"cards.find(card => card.title.startsWith('{title}')).group.dispatchEvent(new MouseEvent('click'))")
    until(tab, STILL)


def wide():
    return network_loss(2, [16, 16, 1])


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return viz.page(wide()).save(tmp_path_factory.mktemp("page") / "page.html")


@pytest.fixture
def folded(tab, path):
    def opened(step=0):
        tab.goto("about:blank")
        tab.goto(f"file://{path}#{step}")
        return tab

    return opened


def test_a_layer_unfolds_into_neurons_these_into_sums_and_back(folded):
    tab = folded()
    overview = tab.evaluate(TITLES)
    unfold(tab, "a[1]")
    neurons = ["a[1]₁ = tanh(w[1]₁·x + b[1]₁)", "a[1]₂ = tanh(w[1]₂·x + b[1]₂)", "a[1]₃, …, a[1]₁₆"]
    assert tab.evaluate(TITLES) == ["x", *neurons, *overview[2:]]
    unfold(tab, "a[1]₁ =")
    assert tab.evaluate(TITLES)[1:3] == ["z[1]₁ = w[1]₁·x + b[1]₁", "a[1]₁ = tanh(z[1]₁)"]
    assert tab.locator("#crumbs button").all_inner_texts() == ["L", "a[1]", "a[1]₁", "fold"]
    tab.keyboard.press("Escape")
    until(tab, STILL)
    assert tab.evaluate(TITLES)[1:4] == neurons
    assert tab.evaluate("document.activeElement.getAttribute('aria-label')").startswith(neurons[0])
    tab.locator("#crumbs button").first.click()
    until(tab, STILL)
    assert tab.evaluate(TITLES) == overview and tab.locator("#crumbs").is_hidden()


@pytest.mark.parametrize("step", range(9))
def test_every_view_is_at_the_same_step(step, folded):
    tab = folded(step)
    phases = "steps.slice(0, at).map(([phase, i]) => [phase, cards[i].key])"
    before = tab.evaluate(phases)
    unfold(tab, "a[1]")
    after, known = tab.evaluate(phases), tab.evaluate("views[0].cards.map(card => card.key)")
    kept = set(tab.evaluate("cards.map(card => card.key)"))
    assert [each for each in before if each[1] in kept] == [each for each in after if each[1] in known]
    new = [phase for phase, key in after if key not in known]
    gone = [phase for phase, key in before if key not in kept]
    assert new == [phase for phase in gone for _ in range(3)]  # of the card, all of its parts
    tab.keyboard.press("Escape")
    until(tab, STILL)
    assert tab.evaluate(phases) == before


def test_every_view_says_what_its_picture_says_wherever_the_leaves_stand(open_page):
    output = network_loss(2, [3, 1])
    tab = open_page(output, 999)
    for leaf in topological(output):  # with numbers as long as before, so that the same views can be read
        if not leaf.op:
            leaf.data += 0.05
    tab.evaluate("leaves.forEach(line => nodes[line.node].data += 0.05), calculate(), show()")
    output.forward()
    views = viz.page(output).views
    assert len(views) > 4
    for i, view in enumerate(views):
        tab.evaluate(f"{i} && turn(views[{i}])")
        until(tab, STILL)
        assert_said(tab.evaluate(SHOWN), written(view.passes.scene))


def test_a_card_moves_from_its_old_place_to_its_new_one(folded):
    tab = folded(4)
    place = "(card => { const { x, y, width } = card.box.getBoundingClientRect(); return [x, y, width]; })"
    last = "cards.at(-1)"
    start = tab.evaluate(f"{place}({last})")
    tab.evaluate(f"cards[1].group.dispatchEvent(new MouseEvent('click')), {MOVES}.forEach(each => each.pause())")
    assert tab.evaluate(f"{place}({last})") == pytest.approx(start, abs=1)
    assert tab.evaluate(f"{MOVES}.every(each => each.effect.getComputedTiming().duration === 400)")
    new = "getComputedStyle(cards.find(card => card.title.startsWith('a[1]₂')).group).opacity"
    assert tab.evaluate(new) == "0"
    tab.evaluate(f"{MOVES}.forEach(each => each.currentTime = 399)")
    end, opacity = tab.evaluate(f"{place}({last})"), float(tab.evaluate(new))
    tab.evaluate(f"{MOVES}.forEach(each => each.play())")
    until(tab, STILL)
    assert tab.evaluate(f"{place}({last})") == pytest.approx(end, abs=2) and opacity > 0.97
    assert end != pytest.approx(start, abs=20)
    assert tab.locator("g.view:not([display])").count() == 1


def test_for_those_who_want_no_motion_it_changes_at_once(folded):
    tab = folded()
    tab.emulate_media(reduced_motion="reduce")
    tab.evaluate("cards[1].group.dispatchEvent(new MouseEvent('click'))")
    assert tab.evaluate(f"{MOVES}.every(each => each.effect.getComputedTiming().duration === 0)")
    until(tab, STILL)
    assert tab.evaluate(OPENED)[0] == 2
    tab.emulate_media(reduced_motion="no-preference")


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_keys_unfold_a_card_and_open_its_ledger(key, folded):
    tab = folded()
    tab.evaluate("cards[1].group.focus()")
    assert tab.evaluate("cards[1].group.getAttribute('aria-expanded')") == "false"
    assert tab.evaluate("cards.map(card => Boolean(card.group.querySelector('.more')))") == [True] * 3 + [False, True]
    tab.keyboard.press("l")
    assert tab.locator("#ledger").is_visible() and tab.evaluate("view === views[0]")
    tab.keyboard.press("Escape")
    assert tab.locator("#ledger").is_hidden() and tab.evaluate("document.activeElement === cards[1].group")
    tab.keyboard.press(key)
    until(tab, STILL)
    assert tab.evaluate("document.activeElement.getAttribute('aria-label')").startswith("a[1]₁ = tanh")
    tab.keyboard.press("n")
    assert tab.evaluate("at") == 1 and "a[1]₁ = " in tab.inner_text("#sentence")


def test_sliders_what_if_and_quiz_go_on_in_every_view(folded):
    tab = folded(99)
    unfold(tab, "a[1]")
    unfold(tab, "a[1]₁ =")
    tab.evaluate("ledger(cards[1], true)")
    tab.get_by_label("What if z[1]₁ were").fill("0.5")
    tab.keyboard.press("Enter")
    loss = tab.evaluate("result(lines.at(-1))")
    assert tab.inner_text("#forced").startswith("z[1]₁ is forced to 0.5")
    for _ in range(2):
        tab.evaluate("fold()")
        until(tab, STILL)
    assert tab.evaluate("result(lines.at(-1))") == loss and tab.evaluate("cards[1].texts[2].textContent") == "a₁ ≈ 0.46"
    tab.locator("#reset").click()
    assert tab.evaluate("result(lines.at(-1))") != loss
    tab.keyboard.press("q")
    tab.evaluate("solve(cards[3], '')")
    unfold(tab, "a[1]")
    assert "1 of 3 found" in tab.inner_text("#progress")


def test_leaves_on_cards_have_their_sliders_among_the_inputs(open_page):
    tab = open_page(network_loss(2, [3, 1]))
    count = "document.querySelectorAll('#others > div').length"
    before = tab.evaluate(count)
    assert before == 13
    for i, view in enumerate(viz.page(network_loss(2, [3, 1])).views):
        seen = sum(not view.passes.lines[k].op for own in view.passes.members for k in own)
        tab.evaluate(f"{i} && turn(views[{i}])")
        assert tab.evaluate("document.querySelectorAll('#leaves > div').length") == seen
        assert tab.evaluate(count) == 15 - seen
