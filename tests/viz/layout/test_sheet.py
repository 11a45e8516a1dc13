"""What stands around a picture: a title above, notes below, all on a page of the size or shape asked for."""

import pytest

import viz
from autograd import DrawingError, SmallTextWarning, Value
from examples import gallery
from tests.viz.graph.test_scene import lecture
from viz.layout.sheet import Sheet
from viz.shapes import Text, bounds, move
from viz.theme import THEME


def texts(drawing, kind):
    return [s for g in drawing.picture.groups if g.kind == kind for s in g.shapes if isinstance(s, Text)]


def test_nothing_but_the_graph_stands_on_a_picture_unless_it_is_asked_for():
    drawing = viz.draw(gallery.moons())
    assert drawing.folded
    assert {group.kind for group in drawing.picture.groups} == {"node", "forward", "backward"}


def test_a_caption_says_what_was_folded_or_what_one_likes():
    folded = viz.draw(gallery.moons(), caption=True)
    assert "".join(line.text for line in texts(folded, "note")).startswith("Folded: sums")
    own = viz.draw(lecture(), caption="The chain rule, twice.")
    assert [line.text for line in texts(own, "note")] == ["The chain rule, twice."]
    assert not texts(viz.draw(lecture(), caption=True), "note")  # nothing was folded


def test_what_has_changed_stands_below_without_being_asked_for():
    x = Value(2.0, "x")
    y = (x * x).named("y")
    x.data = 3.0
    assert "x has changed since y was calculated" in " ".join(line.text for line in texts(viz.draw(y), "note"))


def test_a_title_stands_above_and_is_text_whatever_is_in_it():
    drawing = viz.draw(lecture(), title="<b>J</b> & $x$")
    [title] = texts(drawing, "heading")
    assert (title.text, title.size) == ("<b>J</b> & $x$", pytest.approx(1.4 * THEME.card_size))
    others = [bounds(s) for g in drawing.picture.groups if g.kind != "heading" for s in g.shapes]
    assert bounds(title)[3] < min(box[1] for box in others)
    assert "&lt;b&gt;J&lt;/b&gt; &amp; $x$" in drawing.svg
    assert drawing.picture.title == "<b>J</b> & $x$. Computation graph of J"


def test_a_long_title_and_caption_are_broken_between_words():
    words = "a long sentence about the graph of a function that is drawn here " * 3
    drawing = viz.draw(lecture(), title=words, caption=words)
    for kind in ("heading", "note"):
        lines = texts(drawing, kind)
        assert len(lines) > 1 and " ".join(line.text for line in lines) == words.strip()
        assert all(bounds(line)[0] >= 0 and bounds(line)[2] <= drawing.picture.width for line in lines)
        assert [line.y for line in lines] == sorted({line.y for line in lines})


@pytest.mark.parametrize("options", [{"size": (13.3, 7.5)}, {"aspect": 16 / 9}, {"aspect": 0.8}, {"size": (4, 9)}])
def test_title_and_caption_are_inside_the_page(options):
    drawing = viz.draw(lecture(), level="value", title="Two words", caption="below", **options)
    width, height = drawing.picture.width, drawing.picture.height
    size = options.get("size")
    assert width / height == pytest.approx(size[0] / size[1] if size else options["aspect"])
    assert not size or width == pytest.approx(72 * size[0])
    for group in drawing.picture.groups:
        for shape in group.shapes:
            left, top, right, bottom = bounds(shape)
            assert left > 0 and top > 0 and right < width and bottom < height


def test_an_aspect_only_adds_room():
    plain, wide = viz.draw(lecture(), level="value").picture, viz.draw(lecture(), level="value", aspect=4).picture
    assert (wide.width, wide.height) == (pytest.approx(4 * plain.height), plain.height)
    room = (wide.width - plain.width) / 2
    assert wide.groups == tuple(move(group, room, 0) for group in plain.groups)


def test_a_page_that_is_none_is_refused():
    for options, message in {
        (("aspect", 0),): "aspect=0 is no shape of a page. Give width / height, such as 16/9.",
        (("aspect", "16:9"),): "aspect='16:9' is no shape of a page. Give width / height, such as 16/9.",
        (("aspect", 2.0), ("size", (4, 3))): "A size has its aspect. Give size= or aspect=, not both.",
    }.items():
        with pytest.raises(DrawingError) as caught:
            viz.draw(lecture(), **dict(options))
        assert str(caught.value) == message


def test_the_page_of_a_shape_fits_a_slide():
    assert Sheet(aspect=1).page == (7.5, 7.5)
    assert Sheet(aspect=16 / 9).page == pytest.approx((13.3, 7.48), abs=0.01)
    assert Sheet().page == (13.3, 7.5)


def wide():
    """Twelve results, each of all before: no folding makes it legible."""
    values = [Value(0.5, "x")]
    for i in range(1, 13):
        total = values[0].tanh()
        for value in values[1:]:
            total = (total * value).sin()
        values.append(total.named(f"v_{i}"))
    return values[-1]


def test_a_picture_that_stays_small_warns_and_names_a_part_that_can_be_read():
    output = wide()
    with pytest.warns(SmallTextWarning) as told:
        drawing = viz.draw(output)
    [warning] = told
    size = drawing.label_size()
    what = f"has {size:.1f} pt" if size else "is far too small"
    start = f"The smallest text of v₁₂ {what} on 13.3 × 7.5 in; 14 pt can be read. Draw a part, such as around='v_12', "
    message = str(warning.message)
    assert message.startswith(start) and warning.filename == __file__
    part = eval(f"dict({message.partition('such as ')[2].rstrip('.')})")
    assert viz.draw(output, **part).label_size() >= 14
    assert not texts(drawing, "note")


def test_without_names_the_warning_asks_for_some():
    y = Value(0.5, "x").sin().exp()
    with pytest.warns(SmallTextWarning) as told:
        viz.draw(y, size=(3, 1))
    assert str(told[0].message) == (
        "The smallest text of v₂ is far too small on 3 × 1 in; 14 pt can be read. "
        "Give inner nodes names, and draw a part with around= or between=."
    )


def test_a_level_that_was_asked_for_does_not_warn():
    assert viz.draw(gallery.xor(), level="value").label_size() < 14
