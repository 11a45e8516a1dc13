"""A name from a stranger's file is text: no display of it moves a cursor, changes a colour or turns a line around."""

import unicodedata

import pytest

import nn
import viz
from autograd import (
    ChalkgradError,
    Value,
    certificate,
    closed_form,
    compile,
    exercise,
    gradcheck,
    log,
    parse,
    steps,
)  # fmt: skip
from autograd.characters import printable

EVIL = "\x1b[2J\x9b31m\x07\rx\u202ey\u2066\x7f\n"


def test_only_what_is_obeyed_is_replaced():
    """Unicode's own classes are the judge: controls, surrogates, what is no character; and what turns a text around."""
    turning = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
    for number in range(0x11000):
        character = chr(number)
        obeyed = unicodedata.category(character) in ("Cc", "Cs") or unicodedata.bidirectional(character) in turning
        assert (printable(character) != character) == (obeyed or number in (0xFFFE, 0xFFFF))
    assert printable("größe θ₁ שלום 🙂") == "größe θ₁ שלום 🙂"
    assert printable("\x00\x1b\n\x7f\x85\u202e") == "␀␛␊␡��"
    assert printable("a\n\tb\r", keep="\n\t") == "a\n\tb␍"


def graph():
    x, w, b = (Value(number, EVIL + letter) for number, letter in ((2.0, "x"), (0.5, "w"), (0.1, "b")))
    return x, ((w * x + b).named(EVIL + "z").tanh() ** 2).named(EVIL + "L")


DISPLAYS = {
    "repr": lambda x, L: repr(L),
    "repr of a leaf": lambda x, L: repr(x),
    "LaTeX": lambda x, L: L._repr_latex_(),
    "steps": lambda x, L: str(steps(L)),
    "steps in LaTeX": lambda x, L: steps(L).latex,
    "a step": lambda x, L: str(steps(L)[0]),
    "ledger": lambda x, L: str(steps(L).ledger(x)),
    "exercise": lambda x, L: str(exercise(L)),
    "marking": lambda x, L: str(exercise(L).check({})),
    "certificate": lambda x, L: str(certificate(L)),
    "closed form": lambda x, L: str(closed_form(L, wrt=x)),
    "gradcheck": lambda x, L: str(gradcheck(L)),
    "program": lambda x, L: str(compile(L, inputs=[x])),
    "picture": lambda x, L: viz.draw(L).svg + viz.draw(L).dot + viz.draw(L).mermaid + viz.draw(L).tikz,
    "its repr": lambda x, L: repr(viz.draw(L)),
    "frames": lambda x, L: "".join(map(repr, viz.frames(L))),
    "page": lambda x, L: viz.page(L).html,
    "model": lambda x, L: repr(model()),
    "summary": lambda x, L: summary(model()),
    "weights": lambda x, L: repr(model().weights),
    "diagram": lambda x, L: viz.network(model()).svg,
}


def summary(model):
    texts = []
    model.summary(print_fn=texts.append)
    return texts[0]


def model():
    return nn.Sequential([nn.Dense(2, input_dim=2, name=EVIL), nn.Dense(1, name=EVIL + "2")], name=EVIL)


@pytest.mark.parametrize("display", DISPLAYS)
def test_a_display_obeys_no_name(display):
    text = DISPLAYS[display](*graph())
    assert printable(text, keep="\n\t") == text


def mistakes():
    _, L = graph()
    yield lambda: log(Value(-1.0, EVIL))
    yield lambda: Value(1.0, EVIL) / Value(0.0, EVIL)
    yield lambda: steps(L).ledger(EVIL)
    yield lambda: parse("y = 1", **{EVIL: 1})
    yield lambda: viz.draw(L, around=EVIL)
    yield lambda: viz.draw(L).save(EVIL)
    yield lambda: model().fit([[1.0]], [1.0])
    yield lambda: nn.load(EVIL)


@pytest.mark.parametrize("mistake", [*mistakes()])
def test_a_message_obeys_no_name(mistake):
    with pytest.raises(ChalkgradError) as refusal:
        mistake()
    assert printable(str(refusal.value), keep="\n\t") == str(refusal.value)
