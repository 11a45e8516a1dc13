"""Links: read as the Playground reads them, written as it writes them, refused where it would break."""

from __future__ import annotations

import re

import pytest

from nn import ModelError, playground
from nn.playground.link import KEYS, KEYWORDS, read

DEFAULT = (
    "#activation=tanh&batchSize=10&dataset=circle&regDataset=reg-plane&learningRate=0.03&regularizationRate=0&noise=0"
    "&networkShape=4,2&seed=1&showTestData=false&discretize=false&percTrainData=50&x=true&y=true&xTimesY=false"
    "&xSquared=false&ySquared=false&cosX=false&sinX=false&cosY=false&sinY=false&collectStats=false"
    "&problem=classification&initZero=false&hideText=false"
)


def test_a_link_is_written_as_the_playground_writes_it():
    assert read("#seed=1").text == playground.new(seed="1").link == DEFAULT
    assert read(read("#seed=1").text).text == DEFAULT
    assert playground.new(seed=1).address == "https://playground.tensorflow.org/" + DEFAULT
    full = read("#tutorial=t&regularization=L2&y_hide=true&noise_hide=no&foo=bar&seed=ü x").text
    assert full.startswith("#activation=tanh&regularization=L2&batchSize=10&") and "seed=%C3%BC%20x&" in full
    assert full.endswith("&collectStats=false&tutorial=t&problem=classification&initZero=false&hideText=false"
                         "&y_hide=true&noise_hide=false&foo=bar")  # fmt: skip


@pytest.mark.parametrize(
    ("link", "key", "value"),
    [
        ("#activation=what", "activation", "tanh"),
        ("#dataset=", "dataset", "circle"),
        ("noise=75", "noise", 75),
        ("#noise=80.5", "noise", 50),
        ("#noise=-1", "noise", 0),
        ("#networkShape=", "networkShape", ()),
        ("#learningRate=1e-3", "learningRate", 0.001),
        ("#batchSize=0x10", "batchSize", 16),
        ("#showTestData=0", "showTestData", True),
        ("#x=false&x=true", "x", True),
        ("#regularization=none", "regularization", None),
        ("https://playground.tensorflow.org/#noise=5\n", "noise", 5),
        ("http://example.org/?a=1", "noise", 0),
        ("", "networkShape", (4, 2)),
    ],
)
def test_what_a_link_says(link, key, value):
    assert read(link)[key] == value


def test_a_text_is_written_as_an_address_bar_writes_it():
    assert read('#seed=~ \x7f"<`>\t!').values["seed"] == "~%20%7F%22%3C%60%3E!"


def test_a_missing_seed_is_five_random_digits():
    seeds = {playground.new().controls["seed"] for _ in range(4)}
    assert len(seeds) > 1 and all(re.fullmatch(r"[01]\.\d{5}", seed) for seed in seeds)
    assert read("#seed=").values["seed"] != ""


def test_a_hidden_input_is_none():
    assert playground.from_link("#y_hide=true&sinX=true").inputs == ("x", "sinX")
    assert playground.new(hide=["y"], seed="1").inputs == ("x",)


@pytest.mark.parametrize(
    ("link", "message"),
    [
        ("#learningRate=fast", "learningRate must be a finite number, got 'fast'."),
        ("#noise=1_0", "noise must be a finite number, got '1_0'."),
        ("#batchSize=0", "batchSize must be a number above 0, got 0.0."),
        ("#percTrainData=101", "percTrainData must be a number above 0, up to 100, got 101.0."),
        ("#percTrainData=0.1", "percTrainData=0.1 leaves no point to train with. Try 50."),
        ("#networkShape=4,,2", "networkShape must list whole numbers of at least 1, got [4.0, 0.0, 2.0]. "
         "Try networkShape=[4, 2]."),
        ("#networkShape=a", "networkShape must list whole numbers of at least 1, got ['a']. Try networkShape=[4, 2]."),
        ("#x=false&y=false", "The network has no input. Choose one of them, such as x=true."),
        (5, "A link must be a text such as '#dataset=xor&networkShape=4', got 5."),
    ],
)  # fmt: skip
def test_what_would_break_is_refused(link, message):
    with pytest.raises(ModelError) as caught:
        playground.from_link(link)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("controls", "message"),
    [
        ({"activation": "elu"}, "Unknown activation 'elu'. Choose one of relu, tanh, sigmoid, linear."),
        ({"batchsize": 1}, f"Unknown control 'batchsize'. Choose one of {', '.join(KEYWORDS)}."),
        ({"discretize": 1}, "discretize must be True or False, got 1."),
        ({"seed": "a=b"}, "seed must be a text without & and =, got 'a=b'. Try seed='0.59704'."),
        ({"learning_rate": True}, "learningRate must be a finite number, got True."),
    ],
)
def test_what_keywords_refuse(controls, message):
    with pytest.raises(ModelError) as caught:
        playground.new(**controls)
    assert str(caught.value) == message


def test_every_control_has_a_keyword_and_says_what_it_is():
    play = playground.new(seed="1", regularization=None, network_shape=(), x_squared=True)
    assert set(play.controls) == set(KEYWORDS) and len(KEYS) == 27 and all(key.says for key in KEYS)
    assert playground.from_link(play.link).link == play.link
