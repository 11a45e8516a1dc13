"""A playground where no script may run: a picture of its network and data."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest

import nn
import viz
from viz.playgrounds import still
from viz.shapes import Box, Curve


def shapes(page):
    groups = still.picture(page.heading, page.link, page._content).groups
    dots = [shape for group in groups for shape in group.shapes if isinstance(shape, Box) and shape.width == still.DOT]
    cells = [shape for shape in groups[-1].shapes if shape not in dots]
    lines = [shape for group in groups for shape in group.shapes if isinstance(shape, Curve)]
    return dots, cells, lines


def test_it_shows_the_links_points_network_and_map():
    page = viz.playground("#dataset=xor&networkShape=3&seed=0.5")
    dots, cells, lines = shapes(page)
    play = nn.playground.from_link(page.link)
    assert len(dots) == 250
    assert len(lines) >= 2 * 3 + 3
    assert len(cells) == still.CELLS**2
    assert [dot.fill for dot in dots] == ["#0877BD" if label > 0 else "#F59322" for label in play.train[:, 2]]
    left = still.WIDE - still.MARGIN - still.SIDE
    places = [
        ((dot.x + still.DOT / 2 - left) / still.SIDE * 12 - 6, 6 - (dot.y + still.DOT / 2 - 12) / still.SIDE * 12)
        for dot in dots
    ]
    assert np.array(places) == pytest.approx(play.train[:, :2])
    corner = play.model.predict([[-5.75, 5.75]])[0, 0]
    assert cells[0].fill == still._mixed(corner)


def test_data_and_model_of_python_are_shown():
    model = nn.Sequential(
        [nn.Dense(3, input_dim=2, activation="gelu", rng=0), nn.Dense(3, activation="softmax", rng=1)]
    )
    X = np.random.default_rng(0).normal(5, size=(30, 2))
    dots, cells, _ = shapes(viz.playground(data=(X, np.arange(30) % 3), model=model))
    assert len(dots) == 30
    assert {dot.fill for dot in dots} == set(still.CLASSES[:3])
    best = int(np.argmax(model.predict([[-5.75, 5.75]])))
    assert cells[0].fill == still.CLASSES[best]


def test_numbers_of_a_table_are_scaled_to_colours():
    assert still.own_points("1,2,10\n2,1,20\n3,3,40\n4,1,11\n5,5,12\n6,1,13\n")[:3, 2] == pytest.approx([-1, -1 / 3, 1])


@pytest.mark.parametrize(
    "link",
    [
        "#seed=<script>",
        "#learningRate=x",
        "",
        "#networkShape=0",
        "#cg_inputs=log(x),x^2*y",
        "#cg_data=1,2,0;3,4,2&cg_classes=3",
    ],
)
def test_any_link_has_a_picture_that_is_xml(link):
    drawn = viz.playground(link, title="<b>&").still()
    assert ElementTree.fromstring(drawn).tag.endswith("svg")
    assert "<script" not in drawn
    assert drawn == viz.playground(link, title="<b>&").still()


def test_an_untrusted_notebook_shows_the_picture():
    bundle, _ = viz.playground("#dataset=xor&seed=0.5")._repr_mimebundle_()
    page = re.sub("<iframe.*?</iframe>|<style.*?</style>", "", bundle["text/html"])  # what such a notebook drops
    assert re.search(r'<img src="data:image/png;base64,iVBOR[^"]+" alt="Playground" width="840" height="352">', page)
    assert "runs in a trusted notebook" in page
