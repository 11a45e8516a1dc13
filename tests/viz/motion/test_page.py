"""The step page as text: small, closed to everything but its own script and style, a user's text as data."""

import html
import inspect
import itertools
import json
import re
import warnings
from base64 import b64encode
from dataclasses import replace
from functools import cache
from hashlib import sha256

import pytest

import autograd
import nn
import viz
from autograd import DrawingError, FrozenChoiceWarning, OperandError, Value, maximum, parse, sign, topological
from autograd.characters import printable
from autograd.language.names import symbol
from benchmarks import lectures
from benchmarks.lectures import recurrent
from examples import gallery
from tests import GOLDEN
from tests.viz.graph.test_scene import lecture, logistic_regression
from tests.viz.test_drawing import HOSTILE
from viz.motion.page import compact, views
from viz.motion.page.sentences import Sentences
from viz.shapes import Text, smallest_text

PAGE = GOLDEN / "lecture.page.json"


def part(text, tag):
    """What stands in an element."""
    return re.search(rf"<{tag}>(.*?)</{tag.split()[0]}>", text, re.DOTALL)[1]


def data(page):
    return json.loads(part(page.html, 'script type="application/json" id="graph"'))


def view(page):
    """What is told of the view that a page begins with."""
    return data(page)["views"][0]


def test_golden_data():
    assert data(viz.page(lecture())) == json.loads(PAGE.read_text("utf-8"))


def test_the_policy_allows_this_script_and_this_style_and_nothing_else():
    text = viz.page(lecture()).html
    digests = [b64encode(sha256(part(text, tag).encode()).digest()).decode() for tag in ("script", "style")]
    assert part(text, "title") == part(text, "h1") == "J = 3 · (a + b · c)"
    assert re.search('http-equiv="Content-Security-Policy" content="(.*?)"', text)[1] == (
        f"default-src 'none'; script-src 'sha256-{digests[0]}'; style-src 'sha256-{digests[1]}'; "
        "base-uri 'none'; form-action 'none'"
    )
    assert not re.search(r"""\b(src|href(?!="#g)|style|on\w+)=""", text.replace("aria-", ""))
    assert not re.search("https?:(?!//www.w3.org/2000/svg)|innerHTML|eval|url\\(", text)


@pytest.mark.parametrize("make", [lecture, logistic_regression])
@pytest.mark.parametrize("level", ["value", "named"])
def test_a_page_is_small_and_the_same_on_every_run(make, level):
    one, two = (viz.page(make(), level).html for _ in range(2))
    assert one == two
    assert len(one.encode()) < 90_000
    assert len(viz.page(lecture()).html.encode()) < 57_000


def sharing():
    """Nodes used twice, by one operation and by two, some behind a step, some without a name."""
    a, b = Value(2.0, "a"), Value(3.0, "b")
    u = (a * a + b).named("u")
    return ((u * sign(a * b) + u * u).tanh() * 1e-9 + u * b).named("J")


@pytest.mark.parametrize("make", [lecture, logistic_regression, sharing])
@pytest.mark.parametrize("level", ["value", "named"])
def test_a_pages_arrows_are_those_of_the_picture_and_add_up_to_each_gradient(make, level):
    page = viz.page(make(), level, parameters=[])
    told, scene = view(page), viz.draw(make(), level=level, parameters=[]).scene
    card = {line["node"]: scene.nodes[page.passes.members.index([i])].id for i, line in enumerate(told["lines"])}
    links = [(link, line["node"]) for line in told["lines"] for link in line.get("links", [])]
    ends = [(edge.tail, edge.head) for edge in scene.edges]
    assert [(card[link["tail"]], card[head]) for link, head in links] == ends
    assert [tuple(scene.nodes[i].id for i in arrow["ends"]) for arrow in told["arrows"]] == ends
    assert [link.get("text") for link, _ in links] == [
        re.split(" [=≈] ", edge.slope)[:-1] if edge.slope else None for edge in scene.edges
    ]
    passes = page.passes
    for x in passes.lines[:-1]:
        terms = [
            passes.sheet.gradients.get(id(passes.lines[head]), 0) * slope
            for head, k, tail in passes.links
            for slope in [passes.sheet.spans.links(passes.lines[head])[k][1]]
            if tail is x and slope is not None
        ]
        assert sum(terms) == pytest.approx(passes.sheet.gradients.get(id(x), 0))


MOVING = [
    "u = a*a + b; J = tanh(u*sign(a*b) + u*u)*c + u*b",
    "J = max(a, b)*c + min(a, c)",
    "J = relu(-a)*b + relu(a)*c + abs(b)",
    "J = where(a > b, a*c, b*c)",
    "u = sigmoid(a); J = -(b*log(u) + (1-b)*log(1-u))*c",
    "u = a/b; v = u/c; J = u*v - v/u + a*b - b*a",
]


@pytest.mark.parametrize("level", ["value", "named"])
@pytest.mark.parametrize("text", MOVING)
def test_a_formula_on_a_page_is_right_wherever_the_leaves_stand(text, level):
    shown, points = 0, [(2.0, 3.0, 0.5), (-1.5, 0.25, 2.0), (1.0, 1.0, 1.0), (2.5, -1.5, -0.7)]
    pages = [viz.page(parse(text, **dict(zip("abc", at, strict=True)))["J"], level).passes for at in points]
    for here, there in itertools.permutations(pages, 2):
        words = replace(Sentences(here).words, dialect="python")
        point = {symbol(there.sheet.labels[z], "python"): z.data for z in there.graph}
        slopes = {(h, there.place[id(x)]): d for h, z in enumerate(there.lines) for x, d in there.sheet.spans.links(z)}
        for head, k, x in here.links:
            if formula := here.sheet.spans.formula((here.lines[head], k), words):
                shown += 1
                found = eval(formula.term[0], {**vars(autograd), **point})
                assert found == pytest.approx(slopes[head, here.place[id(x)]]), formula
    assert shown or level == "named"


def test_without_a_script_the_last_step_is_there():
    svg = re.search("<svg.*</svg>", viz.page(lecture()).html, re.DOTALL)[0]
    words = "\n".join(re.findall("<text[^>]*>([^<]*)</text>", svg))
    given = re.sub("(?m)^([abc])\n", r"\1 = ", words)  # what sliders change stands in rows of its own
    assert given.splitlines() == re.findall("<text[^>]*>([^<]*)</text>", viz.draw(lecture()).svg)
    assert not re.search("#[0-9A-Fa-f]{6}", svg)  # light and dark are the style's matter


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_data(name):
    page = viz.page((Value(2.0, name) * 3).named("y"), title=name)
    assert data(page)["nodes"][0]["name"] == symbol(printable(name))
    assert page.html.count("<script") == page.html.count("</script>") == 2
    assert html.unescape(part(page.html, "h1")) == printable(name)


def test_data_ends_no_element_and_no_line():
    text = part(viz.page(Value(1.0, "</script>&\u2028\u2029").tanh()).html, 'script type="application/json" id="graph"')
    assert not re.search("[<>&\u2028\u2029]", text)
    assert r"\u003c/script\u003e\u0026\u2028\u2029" in text


def test_numbers_that_json_lacks_are_words():
    page = viz.page(Value(1.0, "x") * float("inf") * 2)
    assert data(page)["nodes"][1]["of"] == [0, ["Infinity"]]
    with pytest.raises(DrawingError) as error:
        viz.page(Value(10**400, "x") * 2)
    assert str(error.value) == "A number at 'x' is larger than any float, and pages calculate with those."


def test_only_the_rows_that_are_used_are_there():
    script = part(viz.page(lecture()).html, "script")
    assert re.findall('"(\\w+)":\\{value', script) == ["add", "mul"]


def test_notebooks_get_a_frame_that_can_do_nothing_but_run_it():
    page = viz.page(lecture())
    shown = page._repr_html_()
    assert 'sandbox="allow-scripts"' in shown
    assert html.unescape(re.search('srcdoc="(.*?)"', shown, re.DOTALL)[1]) == page.html


def test_mistakes_are_told(tmp_path):
    with pytest.raises(DrawingError, match=r"^Unknown level 'leaves'\. Choose one of 'auto', 'value', 'sums', "):
        viz.page(lecture(), "leaves")
    with pytest.raises(DrawingError, match=r"has an unknown ending for a page\. Choose one of \.html, \.htm\.$"):
        viz.page(lecture()).save(tmp_path / "J.svg")
    with pytest.raises(OperandError):
        viz.page(3.0)
    assert viz.page(parse("y = x*2", x=1)["y"]).save(tmp_path / "y.html").read_text("utf-8").endswith("</html>\n")


def network_loss(*widths):
    return ((nn.MLP(2, [*widths], rng=0)([Value(1.0, "x_1"), Value(2.0, "x_2")])[0] - Value(1.0, "y")) ** 2).named("L")


@cache
def page_of_sixteen(level="auto"):
    """Of the package's own model; built once, as it unfolds into many views."""
    return viz.page(network_loss(16, 16, 1), level)


@pytest.mark.slow
def test_a_graph_with_too_many_nodes_folds_or_is_shown_in_part_as_the_message_says():
    loss = network_loss(16, 16, 1)
    with pytest.raises(DrawingError) as error:
        viz.page(loss, "value")
    count = len(topological(loss))
    assert str(error.value) == (
        f"The graph has {count} nodes, and a picture of more than 400 cannot be read. "
        "Draw a part, with around=node or between=(node, node), or fold more, such as with level='layer'."
    )
    for part in ({"around": loss}, {"between": (loss.operands[0], loss)}):
        assert 1 < len(view(viz.page(loss, **part))["cards"]) < 20
    for level in ("layer", "auto"):
        assert len(view(page_of_sixteen(level))["cards"]) == 6


def test_a_page_gives_each_node_a_step_while_that_can_be_read_and_else_folds():
    for make, style in ((lecture, "cards"), (logistic_regression, "circuit"), (gallery.xor, "circuit")):
        passes = viz.page(make()).passes
        assert (passes.scene.style, passes.scene.folded) == (style, ())
    [z] = nn.MLP(2, [16, 16, 1], rng=0)([Value(1.0, "x_1"), Value(2.0, "x_2")])
    assert len(view(viz.page(z))["cards"]) == 4


def test_a_card_unfolds_only_where_that_can_be_read_and_not_into_the_samples_of_a_batch():
    net = nn.MLP(2, [3, 1], activation="tanh", rng=0)
    samples = [(0.5, -1.0, 1.0), (1.0, 0.25, 0.0), (-0.75, 2.0, 1.0), (0.1, 0.2, 0.0)]
    batch = (sum((net([x, z])[0] - y) ** 2 for x, z, y in samples) / 4).named("L")
    [folded] = viz.page(batch).views
    assert folded.passes.view.batch is not None
    sizes = [smallest_text(view.drawing.placed, (13.08, 5.9)) for view in viz.page(network_loss(4, 1)).views]
    assert len(sizes) > 4 and sizes[0] >= 14 and min(sizes) >= 11
    assert len(viz.page(lecture()).views) == len(viz.page(network_loss(4, 1), around="L").views) == 1


def test_a_folding_that_several_views_try_is_written_once(monkeypatch):
    tried, refolded = [], views.refolded

    def counted(both, folding):
        tried.append(
            (tuple(map(id, folding.kept)), folding.carried, *(tuple(map(id, g.nodes)) for g in folding.groups))
        )
        return refolded(both, folding)

    monkeypatch.setattr(views, "refolded", counted)
    assert len(viz.page(network_loss(4, 1)).views) > 4
    assert len(tried) == len(set(tried))


@pytest.mark.slow
def test_a_page_of_layers_of_sixteen_is_bounded():
    page = page_of_sixteen()
    assert 4 < len(page.views) <= 12
    assert len(page.html.encode()) < 450_000


def test_a_page_takes_the_style_and_its_digits_and_sets_what_never_changes_as_maths():
    circuit, cards = viz.page(lecture(), style="circuit"), viz.page(lecture(), style="cards")
    assert (data(circuit)["digits"], data(cards)["digits"]) == (3, 4)
    assert data(viz.page(lecture(), style="circuit", digits=5))["digits"] == 5
    set_as_maths = [s.text for g in circuit.picture.groups for s in g.shapes if isinstance(s, Text) and s.formula]
    assert set_as_maths == ["a", "b", "c", "×", "u", "+", "v", "×3", "J"]
    named = viz.page((Value(5.0, "8.89") * 2).named("y"), style="cards").picture  # as numbers that need room
    assert [s.text for g in named.groups for s in g.shapes if isinstance(s, Text) and s.formula] == ["y = 8.89 · 2"]


def test_a_leaf_stands_again_at_its_use_where_the_page_can_be_read_then():
    whole = viz.page(recurrent(), style="circuit", level="value", digits=8)  # too long to be read in any way
    told = view(whole)
    assert [arrow["again"]["title"] for arrow in told["arrows"] if "again" in arrow] == ["w⁽²⁾ₕ", "w⁽³⁾ₕ"]
    for arrow in told["arrows"]:
        if "again" in arrow:
            node, operand = arrow["use"]
            assert data(whole)["nodes"][data(whole)["nodes"][node]["of"][operand]]["name"] == "wₕ"
    shown = {group.id: [s.text for s in group.shapes if isinstance(s, Text)] for group in whole.picture.groups}
    again = whole.passes.scene.edges[[("again" in arrow) for arrow in told["arrows"]].index(True)].again
    assert shown[again.id] == ["w⁽²⁾ₕ", "0.9", again.gradient]
    part = viz.page(recurrent(), style="circuit", level="value", digits=8, highlight=("w_h", "h_2", "L"))
    assert again.id in view(part)["lit"] and again.id.replace("u2", "u3") not in view(part)["lit"]
    for make in (recurrent, gallery.xor):  # below 14 pt, as a page is lower than a slide
        once = viz.page(make())
        assert not view(once)["arrows"][0].keys() - {"ends"} and once.passes.scene.style == "circuit"
        assert once.views[0].again == {} and smallest_text(once.picture, (13.08, 5.9)) >= 14


def test_a_page_has_the_arguments_of_a_picture_that_make_sense_on_one():
    drawn, paged = (inspect.signature(made).parameters for made in (viz.draw, viz.page))
    assert drawn.keys() - paged.keys() == {"direction", "size", "aspect", "transparent"}
    for name in paged.keys() - {"title"}:  # which is the formula, if it is not given
        assert (paged[name].default, paged[name].annotation) == (drawn[name].default, drawn[name].annotation), name


def test_a_page_says_what_is_highlighted_what_gradients_are_in_symbols_and_what_is_folded():
    page = viz.page(lecture(), "value", highlight=("b", "J"), symbols=True, caption="seen")
    assert [i for i in view(page)["lit"] if i[0] == "n"] == ["n1", "n3", "n4", "n5"]
    arrows = view(page)["arrows"]
    assert [arrows[int(i[1:])]["ends"] for i in view(page)["lit"] if i[0] == "e"] == [[1, 3], [3, 4], [4, 5]]
    forms = {data(page)["nodes"][line["node"]]["name"]: line.get("form") for line in view(page)["lines"]}
    assert forms == {"a": "3", "b": "3 · c", "c": "3 · b", "u": "3", "v": "3", "J": "1"}
    assert ">seen</text>" in page.html and len(page.views) == 1
    assert "lit" not in view(viz.page(lecture()))


def test_a_circuit_leaves_names_out_that_nobody_gave_where_it_could_not_be_read_with_them():
    page = viz.page(lectures.batch_norm())
    shown = [s.text for g in page.picture.groups for s in g.shapes if isinstance(s, Text)]
    assert page.passes.scene.style == "circuit" and smallest_text(page.picture, (13.08, 5.9)) >= 14
    assert {"μ", "s", "y₁"} <= set(shown) and not any(re.fullmatch("v[₀-₉]+", text) for text in shown)
    assert any(node.lent and node.title for node in page.passes.scene.nodes)
    named = viz.page(logistic_regression()).picture
    assert "v₁" in [s.text for g in named.groups for s in g.shapes if isinstance(s, Text)]


def test_the_heading_tells_the_rows_of_a_matrix_apart():
    assert viz.page(gallery.softmax_classifier()).heading == "L = logsumexp(w₁·x, w₂·x, w₃·x) − (w₁·x)"


@pytest.mark.slow
def test_a_wide_graph_follows_the_advice_that_it_is_given():
    x = [Value(0.1 * i, f"x_{i}") for i in range(60)]
    z = x[0]
    for other in x[1:]:
        z = (z * other + x[0]).tanh()
    loss = z.named("L")
    with pytest.raises(DrawingError, match=r"Take level='auto', which folds more, or draw a part\.$"):
        viz.page(loss, "value").picture
    for options in ({"level": "auto"}, {"around": loss}):
        assert viz.page(loss, **options).picture.groups


def test_a_part_shows_its_cards_and_calculates_the_whole_graph():
    page = viz.page(lecture(), around="u", depth=1)
    told, names = view(page), [node["name"] for node in data(page)["nodes"]]
    shown = [i for card in told["cards"] for i in (card["lines"] if isinstance(card, dict) else [card])]
    assert [names[i] for i in shown] == ["b", "c", "u", "v"]
    assert len(names) == 6 and told["lines"][-1]["node"] == 5
    assert [page.passes.sentence(*step) for step in page.passes.steps] == [
        "u = b · c = 3 · 2 = 6", "v = a + u = 5 + 6 = 11", "∂J/∂v = 3", "∂J/∂u = ∂J/∂v · ∂v/∂u = 3 · 1 = 3",
        "∂J/∂b = ∂J/∂u · ∂u/∂b = ∂J/∂u · c = 3 · 2 = 6", "∂J/∂c = ∂J/∂u · ∂u/∂c = ∂J/∂u · b = 3 · 3 = 9",
    ]  # fmt: skip


def test_a_page_says_which_choice_its_sliders_cannot_make_anew():
    x = Value(1.5, "x")
    with pytest.warns(FrozenChoiceWarning, match="the page keeps that at all numbers"):
        page = viz.page((2 * max(0.0, x)).named("y"))
    assert "was True" in page.html and "the page keeps that at all numbers" in page.html
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert "keeps" not in viz.page((2 * maximum(0.0, Value(1.5, "x"))).named("y")).picture.title


def test_a_text_in_a_text_of_a_script_is_refused():
    """Its room would be taken for the script's, and left out."""
    assert compact.script('f(`a ${b ? "c d" : g({ y: 1 })} e`);') == 'f(`a ${b ? "c d" : g({ y: 1 })} e`);'
    with pytest.raises(ValueError, match=r"^A text must not stand in another one's place: `a \$\{b \? `\. Put it"):
        compact.script('f(`a ${b ? `c d` : ""} e`);')
