"""The playground in a real browser: its numbers, each control by mouse, keyboard and touch, the clock both ways."""

import json
import re

import pytest

import viz
from tests.viz import test_browser

pytestmark = pytest.mark.browser
browser_page = test_browser.page  # the fixture
CIRCLE = "#seed=0.59704&networkShape=4,2"


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    return viz.playground().save(tmp_path_factory.mktemp("play") / "play.html")


@pytest.fixture
def opened(browser_page, file):
    """Open the playground at a link; whatever it says or asks for is an error."""
    heard = []
    listeners = {
        "console": lambda message: heard.append(message.text) if "getImageData" not in message.text else None,
        "pageerror": lambda error: heard.append(str(error)),
        "request": lambda request: heard.append(request.url),
    }
    for event, listener in listeners.items():
        browser_page.on(event, listener)

    def go(link=CIRCLE, width=1280, height=900):
        browser_page.set_viewport_size({"width": width, "height": height})
        browser_page.goto("about:blank")
        heard.clear()
        browser_page.goto(f"file://{file}{link}")
        until(browser_page, "!frame")
        assert heard == [f"file://{file}"]  # the page itself
        heard.clear()
        return browser_page

    yield go
    assert heard == []
    for event, listener in listeners.items():
        browser_page.remove_listener(event, listener)


def until(tab, condition):
    """Wait for a condition; the page's policy lets nobody evaluate it again and again as text."""
    look = f"const look = () => ({condition}) ? done() : requestAnimationFrame(look); look();"
    tab.evaluate(f"new Promise(done => {{ {look} }})")


def epochs(tab, count):
    tab.evaluate(f"(() => {{ while (play.clock.epoch < {count}) play.clock.ahead('epoch'); moved(); }})()")


def state(tab):
    return tab.evaluate("({ ...play.state, others: [...play.state.others] })")


# ── numbers ───────────────────────────────────────────────────────────────────────────────────────

# What the original's own code computes: the last test point, the losses of training and test data after 50 epochs.
ORIGINAL = {
    CIRCLE: ((-0.4026811613851702, 1.4398243506915946, 1), (0.08283658224619671, 0.0918138821506855)),
    "#dataset=xor&networkShape=1&seed=0.60237": (
        (2.316609163384361, 3.532662082597242, 1), (0.4032878005631844, 0.4417151408046239),
    ),
    "#activation=sigmoid&regularization=L1&batchSize=7&dataset=xor&learningRate=0.1&regularizationRate=0.01&noise=20"
    "&networkShape=5,3&seed=0.31448&percTrainData=40": (
        (-4.719737326868523, 2.373129838262333, -1), (0.4933743676662878, 0.5118415274601884),
    ),
}  # fmt: skip


@pytest.mark.parametrize("link", ORIGINAL)
def test_a_link_gives_the_originals_numbers(link, opened):
    tab = opened(link)
    point, losses = ORIGINAL[link]
    assert tab.evaluate("(({ x, y, label }) => [x, y, label])(play.test.at(-1))") == list(point)
    epochs(tab, 50)
    assert tab.evaluate("play.losses") == pytest.approx(losses, rel=1e-12)


LINKS = [
    "#seed=0.1",
    "#activation=relu&dataset=gauss&noise=35&networkShape=&seed=0.2&batchSize=1",
    "#activation=sigmoid&regularization=L2&regularizationRate=0.003&dataset=spiral&batchSize=30&sinX=true&seed=0.3",
    "#activation=linear&problem=regression&regDataset=reg-gauss&noise=20&learningRate=0.01&percTrainData=90&seed=0.4",
    "#regularization=L1&regularizationRate=0.03&dataset=xor&xTimesY=true&networkShape=3,3,3&seed=0.5&cg_redraws=2",
    "#initZero=true&y_hide=true&xSquared=true&ySquared=true&sinY=true&batchSize=7&seed=text",
]


@pytest.mark.parametrize("link", [*LINKS, *ORIGINAL])
def test_a_link_gives_pythons_numbers(link, opened):
    import nn

    tab, play = opened(link), nn.playground.from_link(link)
    rows = "[play.train, play.test].map(list => list.map(p => [p.x, p.y, p.label]))"
    assert tab.evaluate(rows) == [play.train.tolist(), play.test.tolist()]
    assert tab.evaluate("play.weights()") == [list(map(float, neuron)) for neuron in play.weights]
    for epoch in (1, 8):
        epochs(tab, epoch)
        play.step(epochs=epoch - play.epoch)
        assert tab.evaluate("play.losses") == pytest.approx(list(play.losses), rel=1e-12)
    assert tab.evaluate("writeLink(play.state)") == play.link


def test_l1_kills_links_for_ever(opened):
    tab = opened([*ORIGINAL][2])
    epochs(tab, 50)
    assert tab.evaluate("play.net.dead.reduce((sum, x) => sum + x)") == 28
    assert tab.locator(".link.dead").count() == 28


@pytest.mark.parametrize("hand", ["sample", "batch", "epoch"])
def test_500_steps_back_restore_equal_bits(hand, opened):
    tab = opened("#regularization=L1&regularizationRate=0.01&batchSize=7&networkShape=3&seed=0.1&percTrainData=10")
    assert tab.evaluate(f"""(() => {{
      const states = [];
      for (let k = 0; k < 500; k++) {{
        states.push([play.clock.place, ...play.net.memory]);
        play.clock.ahead("{hand}");
      }}
      return states.reverse().every(state => {{
        play.clock.back("{hand}");
        return [play.clock.place, ...play.net.memory].every((x, i) => Object.is(x, state[i]));
      }}) && play.clock.place === 0 && !play.clock.back("{hand}");
    }})()""")


def test_states_that_went_are_calculated_again(opened):
    tab = opened()
    assert tab.evaluate("""(() => {
      const states = [], { clock, net } = play;
      for (let k = 0; k < 40; k++) {
        states.push([...net.memory]);
        clock.ahead("epoch");
        if (k % 8 === 7) clock.thin();
      }
      const kept = clock.marks.length, same = state => state.every((x, i) => Object.is(x, net.memory[i]));
      return kept < 30 && states.reverse().every(state => clock.back("epoch") && same(state));
    })()""")


def test_an_epoch_of_500_points_on_6_by_8_neurons_fits_into_a_frame(opened):
    tab = opened("#networkShape=8,8,8,8,8,8&dataset=spiral&percTrainData=90")
    took = tab.evaluate("""(() => {
      const least = [];
      for (let k = 0; k < 30; k++) {
        const start = performance.now();
        play.clock.ahead("epoch");
        play.losses;
        least.push(performance.now() - start);
      }
      return Math.min(...least);
    })()""")
    assert took < 16


# ── controls ──────────────────────────────────────────────────────────────────────────────────────


def test_names_of_inputs_stand_in_their_labels(opened):
    tab = opened()
    inside = """() => [...document.querySelectorAll(".input > span")].map(label => {
      const box = label.getBoundingClientRect(), name = label.querySelector("i").getBoundingClientRect();
      return name.width > 0 && name.left >= box.left - 1 && name.right <= box.right + 1 && name.top < box.bottom;
    })"""
    assert tab.evaluate(inside) == [True] * 7


def test_play_trains_and_pause_stops(opened):
    tab = opened()
    tab.click("#play")
    assert tab.get_attribute("#play", "aria-pressed") == "true"
    until(tab, "play.clock.epoch > 3")
    tab.click("#play")
    before = tab.evaluate("play.clock.epoch")
    tab.wait_for_timeout(60)
    assert tab.evaluate("play.clock.epoch") == before
    assert tab.inner_text("#hand-epoch") == f"{before:,}"


def test_rewind_keeps_the_first_weights_and_new_weights_are_the_streams_next(opened):
    tab = opened()
    first = tab.evaluate("play.weights()")
    epochs(tab, 5)
    tab.click("#rewind")
    assert tab.evaluate("[play.weights(), play.clock.place]") == [first, 0]
    tab.click("#renew")
    renewed = tab.evaluate("play.weights()")
    assert renewed != first
    epochs(tab, 2)
    tab.click("#rewind")
    assert tab.evaluate("play.weights()") == renewed
    assert "cg_redraws=1" in tab.evaluate("location.hash")
    assert tab.evaluate("new Play(readLink(location.hash)).weights()") == renewed


def test_the_clocks_hands_go_on_and_back(opened):
    tab = opened()
    first = tab.evaluate("[...play.net.memory]")
    shown = lambda: [tab.inner_text(f"#hand-{name}") for name in ("epoch", "batch", "sample", "operation")]  # noqa: E731
    assert shown() == ["0", "0 of 25", "0 of 250", "0 of 58"]
    tab.click("#ahead-sample")
    tab.click("#ahead-batch")
    until(tab, "find('hand-sample').textContent.startsWith('10 ')")
    assert shown()[:3] == ["0", "1 of 25", "10 of 250"]
    tab.click("#ahead-operation")
    until(tab, "find('hand-operation').textContent.startsWith('1 ')")
    tab.click("#ahead-epoch")
    until(tab, "find('hand-epoch').textContent === '1'")
    assert shown()[:3] == ["1", "0 of 25", "0 of 250"]
    for name in ("epoch", "batch", "sample", "operation"):
        tab.click(f"#back-{name}")
    until(tab, "!frame")
    assert tab.evaluate("[...play.net.memory]") == first


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("learningRate", "0.3"), ("activation", "relu"), ("regularization", "L2"), ("regularizationRate", "0.01"),
        ("problem", "regression"),
    ],
)  # fmt: skip
def test_choices_change_what_they_say(key, value, opened):
    tab = opened()
    tab.select_option(f"#{key}", value)
    assert str(state(tab)[key]) == value
    assert f"{key}={value}" in tab.evaluate("location.hash")


def test_rates_change_while_it_trains_and_come_back_with_the_clock(opened):
    tab = opened()
    epochs(tab, 3)
    tab.select_option("#learningRate", "1")
    assert tab.evaluate("[play.clock.epoch, play.clock.settings.learningRate]") == [3, 1]
    tab.click("#ahead-epoch")
    tab.click("#back-epoch")
    tab.click("#back-epoch")
    assert tab.evaluate("[play.clock.epoch, play.clock.settings.learningRate, play.state.learningRate]") == [
        2,
        0.03,
        0.03,
    ]
    assert tab.input_value("#learningRate") == "0.03"


@pytest.mark.parametrize(("key", "value"), [("percTrainData", 20), ("noise", 35), ("batchSize", 1)])
def test_sliders_change_what_they_say(key, value, opened):
    tab = opened()
    seed = state(tab)["seed"]
    tab.locator(f"#{key}").fill(str(value))
    now = state(tab)
    assert now[key] == value
    assert tab.inner_text(f"#{key}-value") == str(value)
    assert (now["seed"] == seed) == (key == "batchSize")
    if key == "percTrainData":
        assert tab.evaluate("[play.train.length, play.test.length]") == [100, 400]


def test_data_sets_are_chosen_by_mouse_and_arrows(opened):
    tab = opened()
    tab.click("[data-name=spiral]")
    assert state(tab)["dataset"] == "spiral"
    tab.focus("[data-name=spiral]")
    tab.keyboard.press("ArrowLeft")
    assert state(tab)["dataset"] == "gauss"
    assert tab.evaluate("document.activeElement.dataset.name") == "gauss"
    tab.select_option("#problem", "regression")
    tab.click("[data-name=reg-gauss]")
    assert state(tab)["regDataset"] == "reg-gauss"
    assert tab.evaluate("play.train.length + play.test.length") == 1200


def test_regenerate_draws_data_of_a_new_seed_and_keeps_the_weights(opened):
    tab = opened()
    epochs(tab, 4)
    weights = tab.evaluate("play.weights()")
    tab.click("#regenerate")
    now = state(tab)
    assert now["seed"] != "0.59704"
    assert tab.evaluate("[play.weights(), play.clock.epoch]") == [weights, 4]
    assert tab.evaluate("JSON.stringify(new Play(play.state).train) === JSON.stringify(play.train)")


def test_inputs_layers_and_neurons(opened):
    tab = opened()
    tab.click("[data-key=xSquared]")
    tab.click("[data-key=y]")
    assert tab.evaluate("play.inputs") == ["x", "xSquared"]
    tab.click("#more")
    tab.click("[data-key='size3+']")
    tab.click("[data-key='size1−']")
    assert state(tab)["networkShape"] == [3, 2, 3]
    for _ in range(9):
        tab.click("#more")
    assert len(state(tab)["networkShape"]) == 6
    for _ in range(9):
        tab.click("[data-key='size1+']")
        tab.click("[data-key='size2−']")
    assert state(tab)["networkShape"][:2] == [8, 1]
    for _ in range(7):
        tab.click("#fewer")
    assert state(tab)["networkShape"] == []
    assert tab.evaluate("play.net.sizes") == [2, 1]


def test_hover_shows_a_neuron_large(opened):
    tab = opened()
    pixels = "[...find('large').getContext('2d').getImageData(0, 0, 100, 100).data]"
    before = tab.evaluate(pixels)
    tab.hover(".neuron[data-key='2']")
    until(tab, "!frame")
    assert tab.evaluate(pixels) != before
    assert tab.inner_text("#map-name").replace("\n", "") == "a[1]₁"
    tab.mouse.move(5, 5)
    until(tab, "!frame")
    assert tab.evaluate(pixels) == before


def test_a_bias_is_edited_where_it_is_while_it_trains(opened):
    tab = opened()
    tab.click("#play")
    tab.click("[data-key=b3]")
    tab.keyboard.type("7.5")
    assert tab.evaluate("Math.abs(play.net.b[3] - 7.5) < 1")
    tab.keyboard.press("Enter")
    assert tab.is_hidden("#card")
    tab.click("#play")
    tab.evaluate("(() => { while (play.clock.place) play.clock.back('epoch'); })()")
    assert tab.evaluate("play.net.b[3]") in (0.1, 7.5)


def test_a_link_is_edited_where_it_is(opened):
    tab = opened("#networkShape=1&seed=0.2&y=false")
    tab.evaluate("links[0].hit.dispatchEvent(new MouseEvent('click', { clientX: 300, clientY: 300 }))")
    tab.keyboard.type("-2")
    assert tab.evaluate("play.net.w[0]") == -2
    tab.keyboard.press("Escape")
    until(tab, "!frame")
    assert "w[1]₁₀" in tab.inner_text("#about").replace("\n", "")
    assert tab.evaluate("links[0].line.getAttribute('stroke-dasharray')") != "none"


def test_the_card_follows_a_weight_while_it_changes(opened):
    tab = opened("#networkShape=1&seed=0.2&y=false")
    tab.evaluate("links[0].hit.dispatchEvent(new PointerEvent('pointerenter', { clientX: 300, clientY: 300 }))")
    before = tab.inner_text("#card output")
    tab.keyboard.press("ArrowRight")
    until(tab, "!frame")
    assert tab.inner_text("#card output") != before


def test_test_data_and_discrete_output_are_shown(opened):
    tab = opened()
    pixels = "[...find('{}').getContext('2d').getImageData(0, 0, 100, 100).data]"
    points, colours = tab.evaluate(pixels.format("points")), tab.evaluate(f"new Set({pixels.format('large')}).size")
    tab.check("#showTestData")
    tab.check("#discretize")
    until(tab, "!frame")
    assert tab.evaluate(pixels.format("points")) != points
    assert tab.evaluate(f"new Set({pixels.format('large')}).size") <= 7 < colours
    assert "showTestData=true&discretize=true" in tab.evaluate("location.hash")


def test_losses_are_those_of_the_data_with_three_decimals_and_charted(opened):
    tab = opened()
    assert [tab.inner_text("#loss-train"), tab.inner_text("#loss-test")] == ["0.499", "0.501"]
    for _ in range(3):
        tab.click("#ahead-epoch")
    until(tab, "!frame")
    train, test = tab.evaluate("play.losses")
    assert [tab.inner_text("#loss-train"), tab.inner_text("#loss-test")] == [f"{train:.3f}", f"{test:.3f}"]
    tab.focus("#chart")
    tab.keyboard.press("ArrowRight")
    assert tab.get_attribute("#chart", "aria-label") == f"Losses: epoch 3: train {train:.3f}, test {test:.3f}"


# ── what the original has not ─────────────────────────────────────────────────────────────────────

SLOPES = """(() => { // of L at a point: those of the board, and difference quotients
  const t = trace(), { net } = play, wrong = [];
  const loss = () => { net.forward(play.inputs.map(name => INPUTS[name].of(t.point.x, t.point.y)), 0);
    return net.loss.value(t.point.label, ...net.a.slice(net.first.at(-2))); };
  [...t.own.dw, ...t.own.db].forEach((slope, k) => {
    if (k >= net.links && k < net.links + net.sizes[0]) return;
    const kept = net.parameters[k], at = x => { net.parameters[k] = x; return loss(); };
    const quotient = (at(kept + 1e-6) - at(kept - 1e-6)) / 2e-6;
    net.parameters[k] = kept;
    if (Math.abs(quotient - slope) > 1e-7 * Math.max(1, Math.abs(slope))) wrong.push([k, slope, quotient]);
  });
  return wrong;
})()"""


@pytest.mark.parametrize(
    "link",
    [
        "", "&cg_classes=3", "&cg_classes=5&dataset=spiral", "&problem=regression&sinX=true", "&networkShape=",
        "&cg_activations=gelu,softsign", "&cg_activations=,elu&activation=sigmoid",
        "&cg_activations=mish,selu&cg_classes=4",
    ],
)  # fmt: skip
def test_slopes_are_those_of_difference_quotients(link, opened):
    assert opened(CIRCLE + link).evaluate(SLOPES) == []


def test_classes_are_chosen_and_told(opened):
    tab = opened()
    for count in (3, 4, 5):
        tab.select_option("#problem", str(count))
        assert tab.evaluate("[play.classes.length, play.net.sizes.at(-1)]") == [count, count]
        assert tab.evaluate("[...new Set(play.train.map(p => p.label))].sort()") == list(range(count))
    tab.select_option("#problem", "classification")
    assert tab.evaluate("play.net.sizes.at(-1)") == 1


def test_accuracy_and_confusion_count_the_points(opened):
    tab = opened(CIRCLE + "&cg_classes=3&dataset=gauss&learningRate=0.1")
    epochs(tab, 30)
    tab.click("#accuracy")
    until(tab, "find('confusion').rows.length")
    rows = [[int(x) for x in row.split()[1:]] for row in tab.inner_text("#confusion").splitlines()[1:]]
    right = tab.evaluate("""play.test.filter(p => {
      play.net.forward(play.inputs.map(name => INPUTS[name].of(p.x, p.y)), 0);
      const a = [...play.net.a.slice(play.net.first.at(-2))];
      return a.indexOf(Math.max(...a)) === p.label;
    }).length""")
    assert sum(map(sum, rows)) == 249
    assert rows[0][0] + rows[1][1] + rows[2][2] == right > 200
    assert tab.inner_text("#accuracy").startswith(f"Accuracy: test {100 * right / 249:.1f}\u00a0%")


def test_each_layer_has_its_activation(opened):
    tab = opened()
    tab.select_option("[data-key=kind2]", "gelu")
    assert tab.evaluate("play.net.kinds.map(kind => kind.name)") == ["tanh", "gelu", "tanh"]
    assert "cg_activations=tanh,gelu" in tab.evaluate("location.hash")


@pytest.mark.parametrize("name", ["momentum", "adam", "lion", "adadelta"])
def test_optimisers_follow_their_rule_and_go_back(name, opened):
    import numpy as np

    from nn.optimizers import OPTIMIZERS

    tab = opened(CIRCLE)
    tab.select_option("#cg_optimizer", name)
    before = np.array(tab.evaluate("[...play.net.parameters]"))
    tab.evaluate("(() => { for (let k = 0; k < 9; k++) play.clock.ahead('sample'); })()")
    both = "(t => ['dw', 'db'].flatMap(part => [...t.before[part].map((x, k) => x + t.own[part][k])]))(trace())"
    sums = tab.evaluate(both)
    tab.evaluate("play.clock.ahead('sample')")
    rule = OPTIMIZERS[name](learning_rate=0.03)
    _, after = rule.update(rule.start(before), np.array(sums) / 10, before)
    after[18:20] = 0  # the inputs have no bias
    assert tab.evaluate("[...play.net.parameters]") == pytest.approx(after.tolist(), rel=1e-12, abs=1e-14)
    tab.evaluate("inspect({ node: 2 })")
    until(tab, "!frame")
    assert tab.locator("#averages tr").count() == 4
    assert tab.inner_text("#averages tr >> nth=0").split() == [
        "now",
        *tab.evaluate(f"Object.keys(OPTIMIZERS.{name}.slots)"),
    ]
    tab.click("#back-epoch")
    assert tab.evaluate("[...play.net.parameters]") == before.tolist()


def test_a_race_begins_with_the_same_weights_and_goes_on_and_back(opened):
    tab = opened()
    tab.select_option("#cg_rival", "adam")
    tab.select_option("#cg_rivalRate", "0.01")
    both = "[[...play.net.parameters], [...rival.net.parameters]]"
    first, other = tab.evaluate(both)
    assert first == other
    assert "cg_rival=adam&cg_rivalRate=0.01" in tab.evaluate("location.hash")
    for name in ("epoch", "epoch", "batch", "sample"):
        tab.click(f"#ahead-{name}")
    assert tab.evaluate("play.clock.place === rival.clock.place && play.clock.place") == 511
    alone = tab.evaluate("""(() => {
      const alone = new Play({ ...play.state, cg_optimizer: "adam", learningRate: 0.01 });
      while (alone.clock.place < 511) alone.clock.ahead("sample");
      return [...alone.net.parameters];
    })()""")
    assert tab.evaluate(both)[1] == alone != first
    until(tab, "!frame")
    train, test = tab.evaluate("rival.losses")
    assert tab.inner_text("#rival-told") == f"adam, η 0.01: test {test:.3f}, training {train:.3f}"
    assert tab.locator("#chart .rival").count() == 2
    tab.click("#regenerate")
    assert tab.evaluate("rival.clock.place === play.clock.place") is True
    assert tab.evaluate(both)[1] == alone
    tab.click("#rewind")
    assert tab.evaluate("[...play.net.parameters].every((x, k) => x === rival.net.parameters[k])")
    tab.select_option("#cg_rival", "none")
    assert tab.is_hidden("#rival")


def test_a_rivals_map_colours_what_differs(opened):
    tab = opened(CIRCLE + "&cg_rival=adam&cg_rivalRate=0.1")
    epochs(tab, 20)
    until(tab, "!frame")
    differing = tab.evaluate("""(() => {
      const at = maps.grid(maps.side), inputs = play.inputs.map(name => at.all[name]);
      const of = which => which.net.columns(inputs, at.count, { z: new Float64Array(at.count), a: [] }).at(-1);
      const [a, b] = [of(play), of(rival)], context = find("rival-map").getContext("2d");
      const { data } = context.getImageData(0, 0, maps.side, maps.side);
      const differs = p => palette[stepOf(b[p])].some((c, k) => c !== data[4 * p + k]);
      return [a.filter((x, p) => (x >= 0) !== (b[p] >= 0)).length, a.filter((_, p) => differs(p)).length];
    })()""")
    assert differing[0] == differing[1] > 100


def test_dropout_goes_back_too(opened):
    tab = opened("#seed=0.4&cg_dropout=0.3&networkShape=5,5")
    assert tab.input_value("#cg_dropout") == "0.3"
    assert tab.evaluate("""(() => {
      const states = [];
      for (let k = 0; k < 60; k++) { states.push([...play.net.memory]); play.clock.ahead("batch"); }
      const left = Array.from({ length: 2000 }, (_, k) => chance(k, 3)).filter(x => x < 0.3).length;
      const same = state => state.every((x, i) => Object.is(x, play.net.memory[i]));
      return left > 500 && left < 700 && states.reverse().every(state => play.clock.back("batch") && same(state));
    })()""")


def test_training_stops_at_an_epoch_and_at_a_loss(opened):
    tab = opened()
    tab.fill("#cg_stopEpoch", "7")
    tab.click("#play")
    until(tab, "!running")
    assert tab.evaluate("play.clock.epoch") == 7
    tab.fill("#cg_stopEpoch", "")
    tab.fill("#cg_stopLoss", "0.3")
    tab.click("#play")
    until(tab, "!running")
    assert tab.evaluate("course.at(-1)[2] <= 0.3 && course.at(-2)[2] > 0.3")
    assert tab.evaluate("location.hash").endswith("&cg_stopLoss=0.3")


TABLE = "length;width;kind\n1;2;a\n3;4;b\n5;9;c\n7;1;a"


def test_own_data_are_pasted_and_standardised(opened):
    tab = opened()
    tab.click("#yours")
    tab.fill("#own-text", TABLE)
    tab.click("#own-use")
    assert tab.inner_text("#own-told").splitlines() == [
        "4 points.", "x₁ = (length − 4) / 2.23607", "x₂ = (width − 4) / 3.08221", "y = 0: a, y = 1: b, y = 2: c",
    ]  # fmt: skip
    points = tab.evaluate("[...play.train, ...play.test].map(p => [p.x, p.y, p.label]).sort((a, b) => a[0] - b[0])")
    assert points[0] == pytest.approx([-3 / 5**0.5, -2 / 9.5**0.5, 0])
    assert tab.evaluate("play.classes") == [0, 1, 2]
    tab.click("[data-name=xor]")
    assert tab.evaluate("[play.train.length, play.classes.length]") == [250, 2]


def test_own_numbers_are_a_regression(opened):
    tab = opened()
    tab.click("#yours")
    tab.fill("#own-text", "1 2 10\n2 1 20\n3 3 40")
    tab.select_option("#own-kind", "number")
    tab.click("#own-use")
    assert tab.evaluate("[play.state.problem, play.classes.length]") == ["regression", 0]
    assert sorted(tab.evaluate("[...play.train, ...play.test].map(p => p.label)")) == pytest.approx([-1, -1 / 3, 1])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "There are no rows. Paste some, or choose a file."),
        (
            "a,b,c\n1,<b>x</b>,1\n2,3,2",
            "Row 1 has '<b>x</b>' in 'b', which needs a number. Remove the row, or choose another column.",
        ),
        (
            "1,2,3\n1,2,3",
            "'column 3' has 1 different values; classes are 2 to 5. "
            "Choose another column, or say that it is a number.",
        ),
    ],
)  # fmt: skip
def test_wrong_data_are_told(text, message, opened):
    tab = opened()
    tab.click("#yours")
    tab.fill("#own-text", text)
    tab.click("#own-use")
    assert tab.inner_text("#own-told") == message


def test_a_hostile_table_is_text(opened):
    tab = opened()
    tab.click("#yours")
    tab.fill("#own-text", '<img src=x onerror=alert(1)>,"</script>, x",<script>\n1,2,<i>\n3,4,"&amp;"\n')
    tab.click("#own-use")
    assert "x₁ = (<img src=x onerror=alert(1)> − 2) / 1" in tab.inner_text("#own-told")
    tab.click("#accuracy")
    until(tab, "find('confusion').rows.length")
    assert "<i>" in tab.inner_text("#confusion")
    assert tab.locator("img, main script, #own script").count() == 0


def test_a_file_is_dropped(opened):
    tab = opened()
    tab.evaluate("""(() => {
      const data = new DataTransfer();
      data.items.add(new File(["a,b,c\\n1,2,0\\n3,4,1\\n5,6,1"], "mine.csv"));
      document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
    })()""")
    until(tab, "play.train.length + play.test.length === 3")
    assert tab.inner_text("#own-told").startswith("3 points.")


def test_points_are_drawn_by_clicks(opened):
    tab = opened()
    tab.click("#yours")
    tab.click("#own-clear")
    for label, (x, y) in (("1", (0.25, 0.25)), ("-1", (0.75, 0.5)), ("1", (0.5, 0.1))):
        tab.select_option("#own-draw", label)
        side = tab.evaluate("find('map').clientWidth")
        tab.click("#map", position={"x": x * side, "y": y * side})
    points = tab.evaluate("[...play.train, ...play.test].map(p => [p.x, p.y, p.label]).sort((a, b) => a[0] - b[0])")
    assert [p[2] for p in points] == [1, 1, -1]
    assert points[0] == pytest.approx([-3, 3, 1], abs=0.1)


def test_own_data_travel_in_the_link(opened):
    tab = opened()
    tab.click("#yours")
    tab.fill("#own-text", TABLE)
    tab.click("#own-use")
    link, points = tab.evaluate("[location.hash, play.state.own.points]")
    assert link.endswith("&cg_classes=3&cg_data=" + ";".join(f"{p['x']!r},{p['y']!r},{p['label']}" for p in points))
    before = tab.evaluate("[play.train, play.test, play.weights()]")
    tab = opened(link)
    assert tab.evaluate("[play.train, play.test, play.weights()]") == before
    assert tab.evaluate("location.hash") == link
    tab.click("[data-name=xor]")
    assert "cg_data" not in tab.evaluate("location.hash")


@pytest.mark.parametrize(
    ("link", "points"),
    [
        ("&cg_data=1,2,-1;0.5,1e-7,1;", [[1, 2, -1], [0.5, 1e-7, 1]]),
        ("&cg_data=1%2C2%2C-1%3B-0,1e%2B1,1", [[1, 2, -1], [0, 10, 1]]),
        ("&problem=regression&cg_data=1,2,0.25", [[1, 2, 0.25]]),
        ("&cg_data=1,2,2;3,4,0&cg_classes=3", [[1, 2, 2], [3, 4, 0]]),
    ],
)
def test_own_data_of_a_link_are_read(link, points, opened):
    tab = opened(CIRCLE + link)
    told = tab.evaluate("[...play.train, ...play.test].map(p => [p.x, p.y, p.label])")
    assert sorted(told) == sorted(points)
    assert tab.inner_text("#trouble") == ""


@pytest.mark.parametrize("data", ["1,2", "1,2,3", "1,nan,1", "1,2,-1;;1,2,1", "<img src=x>", "1e999,0,1", "0x1,0,1"])
def test_own_data_that_cannot_be_read_are_told(data, opened):
    tab = opened(f"{CIRCLE}&cg_data={data}")
    assert tab.evaluate("[play.train.length, play.state.own]") == [250, None]
    assert tab.inner_text("#trouble").startswith("The link’s own data cannot be read")
    assert "cg_data" not in tab.evaluate("location.hash")


def test_data_too_long_for_a_link_are_told_and_stay(opened):
    tab = opened()
    tab.click("#yours")
    tab.fill("#own-text", "a,b,c\n" + "".join(f"{k * 0.1},{k % 7 / 3},{k % 2}\n" for k in range(200)))
    tab.click("#own-use")
    assert tab.inner_text("#own-told").splitlines()[-1] == (
        "They are too long for a link, which holds 4000 characters: it has the data set in their place."
    )
    assert "cg_data" not in tab.evaluate("location.hash")
    tab.evaluate("location.hash = location.hash.replace('learningRate=0.03', 'learningRate=0.1')")
    until(tab, "play.state.learningRate === 0.1")
    assert tab.evaluate("play.state.own.points.length") == 200
    exported(tab, "link")
    assert tab.inner_text("#export-about") == "link (without your own data, which are too long for it):"


def test_what_python_gives_is_what_the_page_begins_with(browser_page, tmp_path):
    import numpy as np

    import nn

    X = np.random.default_rng(0).normal(size=(60, 2)) * [3, 0.1] + [5, -1]
    model = nn.Sequential(
        [nn.Dense(3, input_dim=2, activation="softplus", rng=0), nn.Dense(1, activation="tanh", rng=1)]
    )
    path = viz.playground(data=(X, X[:, 0] > 5), model=model).save(tmp_path / "given.html")
    browser_page.goto("about:blank")
    browser_page.goto(f"file://{path}")
    scaled = (X - X.mean(0)) / X.std(0)
    points = browser_page.evaluate("[...play.train, ...play.test].map(p => [p.x, p.y]).sort((a, b) => a[0] - b[0])")
    assert np.array(points) == pytest.approx(np.array(sorted(scaled.tolist())))
    at = scaled[:5]
    told = browser_page.evaluate(f"{at.tolist()}.map(row => {{ play.net.forward(row, 0); return play.net.a.at(-1); }})")
    assert told == pytest.approx(model.predict(at)[:, 0].tolist(), rel=1e-12)
    browser_page.click("#ahead-epoch")
    browser_page.click("#rewind")
    assert browser_page.evaluate("play.net.b[2]") == 0


FORMULAS = [
    "x*y**2", "-x^2+y/2", "sin(x+y)*exp(-x**2)", "sqrt(abs(x))-log(1+y^2)", "2**-x", "((x))",
    "1e-1*x-y-x", "relu(x)/(1+abs(y))",
]  # fmt: skip


def test_own_inputs_are_what_parse_reads(opened):
    from autograd import parse

    tab, at = opened(), [(-1.5, 0.5), (2.0, -3.0), (0.25, 4.0)]
    for formula in FORMULAS:
        told = tab.evaluate(f"{[list(p) for p in at]}.map(([x, y]) => formulaOf({formula!r}).of(x, y))")
        expected = [list(parse(f"f = {formula}", x=x, y=y).values())[-1].data for x, y in at]
        assert told == pytest.approx(expected, rel=1e-13), formula


def test_own_inputs_are_added_kept_in_the_link_and_removed(opened):
    tab = opened()
    tab.fill("#formula", "sin(x + y)")
    tab.keyboard.press("Enter")
    tab.fill("#formula", "x^2*y")
    tab.click("#formula-add")
    assert tab.evaluate("[play.inputs, play.net.sizes[0]]") == [["x", "y", "sin(x+y)", "x^2*y"], 4]
    assert tab.evaluate("location.hash").endswith("&cg_inputs=sin(x+y),x^2*y")
    assert tab.evaluate("readLink(location.hash).cg_inputs") == ["sin(x+y)", "x^2*y"]
    assert tab.evaluate(SLOPES) == []
    tab.click("[data-key='sin(x+y)']")
    assert tab.evaluate("play.inputs") == ["x", "y", "x^2*y"]
    names = {}
    exec(exported(tab, "NumPy"), names)
    import numpy as np

    assert np.allclose(names["predict"](*map(np.array, PLANE)), tab.evaluate(PREDICTED), rtol=1e-12)


@pytest.mark.parametrize(
    ("formula", "message"),
    [
        ("x +", "'x+' is not complete. Write a formula such as x*y or sin(x)."),
        (
            "constructor(x)",
            "'constructor(x)' has 'constructor', which is no function or number here. "
            "Write a formula such as x*y or sin(x).",
        ),
        ("alert`1`", "'alert`1`' has '`', which means nothing here. Write a formula such as x*y or sin(x)."),
        ("(x", "'(x' lacks a closing bracket. Write a formula such as x*y or sin(x)."),
        ("x y", "'xy' has 'xy', which is no function or number here. Write a formula such as x*y or sin(x)."),
        ("x, y", "A formula has no comma, &, = or #. Write one input at a time."),
    ],
)  # fmt: skip
def test_wrong_formulas_are_told(formula, message, opened):
    tab = opened()
    tab.fill("#formula", formula)
    tab.click("#formula-add")
    assert tab.inner_text("#formula-told") == message


def test_a_formula_without_a_value_at_a_point_is_refused(opened):
    tab = opened()
    tab.fill("#formula", "log(x)")
    tab.click("#formula-add")
    assert re.match(r"log\(x\) has no value at x₁ = −\d.*, x₂ = .*\. Keep it away", tab.inner_text("#formula-told"))


def exported(tab, kind):
    if tab.is_hidden("#export"):
        tab.click("#take")
    tab.click(f"#export-kinds button >> text={kind}")
    return tab.input_value("#export-text")


PLANE = ([-3.0, 0.5, 2.0, 5.5], [1.0, -4.0, 0.25, 2.0])
PREDICTED = f"""{[*map(list, zip(*PLANE, strict=True))]}.map(([x, y]) => {{
  play.net.forward(play.inputs.map(name => INPUTS[name].of(x, y)), 0);
  const a = [...play.net.a.slice(play.net.first.at(-2))];
  return a.length > 1 ? play.net.loss.chances(...a) : a;
}})"""


EXPORTED = [
    "#dataset=xor&networkShape=4,2",
    "#problem=regression&regDataset=reg-gauss&networkShape=5&learningRate=0.01",
    "#problem=regression&networkShape=",
    "#cg_classes=3&cg_activations=tanh,relu&xTimesY=true",
    "#xSquared=true&sinY=true&cg_activations=gelu,selu",
    "#networkShape=3,3,2&cg_activations=elu,softsign,mish",
    "#networkShape=3&cg_inputs=sin(x+y),x^2*y,relu(x)/(1+abs(y))",
]


@pytest.mark.parametrize(("kind", "needs"), [("NumPy", "numpy"), ("chalkgrad", "nn"), ("PyTorch", "torch")])
@pytest.mark.parametrize("link", EXPORTED)
def test_exported_code_runs_and_predicts_the_same(kind, needs, link, opened):
    import numpy as np

    pytest.importorskip(needs)
    tab = opened(link + "&seed=0.1")
    epochs(tab, 3)
    names = {}
    exec(exported(tab, kind), names)  # as a user does
    told = names["predict"](*map(np.array, PLANE))
    assert np.allclose(told, tab.evaluate(PREDICTED), rtol=1e-12, atol=1e-14)


def test_code_of_an_activation_that_a_library_lacks_says_so(opened):
    tab = opened(CIRCLE + "&cg_activations=sin,tanh")
    assert exported(tab, "PyTorch") == (
        "PyTorch has no activation called 'sin'. Take NumPy's or chalkgrad's code, or another activation."
    )


def test_a_saved_model_is_read_by_nn(opened, tmp_path):
    import numpy as np

    import nn

    tab = opened(CIRCLE + "&cg_activations=softplus,tanh")
    epochs(tab, 2)
    tab.click("#take")
    with tab.expect_download() as download:
        tab.click("#export-kinds button >> text=.npz")
    download.value.save_as(tmp_path / "m.npz")
    model = nn.load(tmp_path / "m.npz")
    assert np.array(model.predict(np.array(PLANE).T)) == pytest.approx(np.array(tab.evaluate(PREDICTED)), rel=1e-12)
    assert viz.playground(model=tmp_path / "m.npz").html


def test_json_link_frame_and_pictures(opened, tmp_path):
    from PIL import Image

    tab = opened(CIRCLE)
    told = json.loads(exported(tab, "JSON"))
    assert told["weights"] == tab.evaluate("play.weights()")
    assert len(told["train"]) == 250
    assert exported(tab, "link") == "https://playground.tensorflow.org/" + tab.evaluate("location.hash")
    assert exported(tab, "iframe").startswith('<iframe src="play.html#activation=tanh&')
    for kind in ("SVG", "PNG"):
        with tab.expect_download() as download:
            exported(tab, kind)
        download.value.save_as(tmp_path / f"play.{kind.lower()}")
    assert (tmp_path / "play.svg").read_text("utf-8").count("<path") == 18
    with Image.open(tmp_path / "play.png") as picture:
        assert picture.width == 3 * tab.evaluate("find('picture').clientWidth")


# ── links ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_link_is_written_as_the_original_writes_it(opened):
    link = json.loads(opened("#seed=0.5").evaluate("JSON.stringify(location.hash)"))
    assert link == (
        "#activation=tanh&batchSize=10&dataset=circle&regDataset=reg-plane&learningRate=0.03&regularizationRate=0&noise=0"
        "&networkShape=4,2&seed=0.5&showTestData=false&discretize=false&percTrainData=50&x=true&y=true&xTimesY=false"
        "&xSquared=false&ySquared=false&cosX=false&sinX=false&cosY=false&sinY=false&collectStats=false"
        "&problem=classification&initZero=false&hideText=false"
    )


def test_hidden_controls_and_unknown_keys_are_kept(opened):
    tab = opened("#playButton_hide=true&noise_hide=false&sinX_hide=true&sinX=true&hideText=true&later=3")
    assert tab.is_hidden("#play")
    assert tab.is_visible("#noise")
    assert tab.is_hidden("h1")
    assert tab.locator("[data-key=sinX]").count() == 0
    assert tab.evaluate("play.inputs") == ["x", "y"]
    assert tab.evaluate("location.hash").endswith("&playButton_hide=true&noise_hide=false&sinX_hide=true&later=3")


def test_it_runs_in_a_notebooks_frame(browser_page):
    browser_page.goto("about:blank")
    browser_page.set_content(viz.playground("#dataset=xor&seed=0.5")._repr_html_())
    frame = browser_page.frames[1]
    frame.click("#ahead-epoch")
    assert frame.evaluate("[play.state.dataset, play.clock.epoch]") == ["xor", 1]
    assert frame.inner_text("#hand-epoch") in ("0", "1")


def test_an_address_that_changes_begins_anew(opened):
    tab = opened()
    tab.evaluate("location.hash = '#dataset=spiral&seed=0.7'")
    until(tab, "play.state.dataset === 'spiral'")
    assert state(tab)["seed"] == "0.7"


HOSTILE = "#seed=<img src=x onerror=console.log(1)>&dataset=constructor&networkShape=1e9&learningRate=x&noise=1e3"
HOSTILE += "&__proto__=1&toString_hide=true&batchSize=0&a=b=c&&=&%"


def test_a_hostile_link_is_text(opened):
    tab = opened()
    tab.evaluate(f"begin(readLink({HOSTILE!r}))")
    now = state(tab)
    assert (now["dataset"], now["networkShape"], now["learningRate"], now["noise"]) == ("circle", [4, 2], 0.03, 50)
    tab.click("#ahead-epoch")
    assert tab.locator("img").count() == 0


# ── trouble ───────────────────────────────────────────────────────────────────────────────────────


def test_training_stops_before_a_number_is_infinite(opened):
    tab = opened("#activation=linear&learningRate=10&problem=regression&networkShape=4&seed=0.3")
    tab.click("#play")
    until(tab, "find('trouble').textContent")
    assert "Training has stopped before it" in tab.inner_text("#trouble")
    assert tab.evaluate("play.net.parameters.every(Number.isFinite) && !running")
    tab.click("#rewind")
    assert tab.inner_text("#trouble") == ""


# ── people ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("width", [360, 1280, 3840])
def test_nothing_is_wider_than_the_window(width, opened):
    tab = opened("#networkShape=8,8,8,8,8,8&sinX=true", width, 900)
    assert tab.evaluate("document.documentElement.scrollWidth") <= width


def test_every_control_has_a_name_and_is_reached_by_tab(opened):
    tab = opened("#networkShape=2")
    controls = "[...document.querySelectorAll('button, select, input, summary, [tabindex=\"0\"]')]"
    controls += ".filter(e => e.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true }))"
    assert (
        tab.evaluate(
            f"{controls}.filter(e => !(e.ariaLabel || e.labels?.[0]?.textContent || e.textContent).trim()).length"
        )
        == 0
    )
    wanted = tab.evaluate(f"{controls}.filter(e => e.tabIndex >= 0).length")
    tab.evaluate("document.activeElement.blur()")
    seen = set()
    for _ in range(wanted + 5):
        tab.keyboard.press("Tab")
        focus = "const e = document.activeElement; e.mark ??= Math.random(); return e === document.body ? 0 : e.mark;"
        seen.add(tab.evaluate(f"(() => {{ {focus} }})()"))
    assert len(seen - {0}) >= wanted


def test_neurons_and_points_are_opened_by_keyboard(opened):
    tab = opened()
    tab.focus(".neuron[data-key='6']")
    tab.keyboard.press("Enter")
    until(tab, "!frame")
    assert tab.inner_text("#about").replace("\n", "") == "Neuron a[2]₁: training point 1 of 250"
    tab.fill("#field-b6", "0.25")
    assert tab.evaluate("play.net.b[6]") == 0.25
    tab.focus("#map")
    tab.keyboard.press("ArrowRight")
    until(tab, "!frame")
    assert tab.inner_text("#about") == "Point: training point 2 of 250"
    tab.click("#follow")
    until(tab, "!frame")
    assert tab.inner_text("#about") == "Sample: training point 1 of 250"


def test_it_is_used_by_touch(opened, browser_page, file):
    context = browser_page.context.browser.new_context(has_touch=True, viewport={"width": 360, "height": 740})
    tab = context.new_page()
    tab.goto(f"file://{file}{CIRCLE}")
    tab.tap("#ahead-epoch")
    assert tab.evaluate("play.clock.epoch") == 1
    tab.tap(".neuron[data-key='2']")
    until(tab, "opened?.node === 2")
    tab.tap("[data-key=b2]")
    tab.keyboard.type("3")
    assert tab.evaluate("play.net.b[2]") == 3
    context.close()
