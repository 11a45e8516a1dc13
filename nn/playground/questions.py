"""Questions of a lecture as links, each with a sentence, and with what holds after so many epochs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from nn.playground.makers import from_link
from nn.playground.play import Playground


@dataclass(frozen=True)
class Question:
    """A play to look at.

    Attributes:
        name: what it is about.
        link: the play.
        sentence: what it shows.
        epochs: how long it is trained.
        claim: what holds then, and `holds` says whether it does.

    Example:
        >>> question = QUESTIONS[1]
        >>> print(question.sentence)
        Without a hidden layer the boundary is a line, and no line separates XOR.
        >>> question.holds(question.play())
        True
    """

    name: str
    link: str
    sentence: str
    epochs: int
    claim: str
    holds: Callable[[Playground], bool]

    def play(self) -> Playground:
        """The play after its epochs."""
        play = from_link(self.link)
        return play.step(self.epochs) if self.epochs else play


def _separates(play: Playground) -> bool:
    return max(play.losses) < 0.05


def _overfits(play: Playground) -> bool:
    return play.losses.test > 2 * play.losses.train


NOISY = "#dataset=xor&noise=50&percTrainData=10&networkShape=8,8&learningRate=0.1&seed=0.5"
QUESTIONS = (
    Question(
        "circle", "#dataset=circle&networkShape=4,2&seed=0.59704",
        "Lines of a first layer, combined by a second, close around a disk.",
        100, "both losses are below 0.05", _separates,
    ),
    Question(
        "XOR, no hidden layer", "#dataset=xor&networkShape=&seed=0.5",
        "Without a hidden layer the boundary is a line, and no line separates XOR.",
        50, "the loss stays above 0.45", lambda play: play.losses.train > 0.45,
    ),
    Question(
        "XOR, one hidden layer", "#dataset=xor&networkShape=4&seed=0.5",
        "Four neurons give four lines, and their sum separates XOR.",
        100, "both losses are below 0.1", lambda play: max(play.losses) < 0.1,
    ),
    Question(
        "XOR, two hidden layers", "#dataset=xor&networkShape=4,2&seed=0.5",
        "A second layer combines the lines, and the loss is a sixth of what it is with one.",
        100, "both losses are below 0.05", _separates,
    ),
    Question(
        "spiral", "#dataset=spiral&networkShape=4,2&seed=0.5",
        "What separates a circle is too small for a spiral: it needs more neurons, or inputs such as sin x.",
        100, "the test loss stays above 0.45", lambda play: play.losses.test > 0.45,
    ),
    Question(
        "x² and y² alone", "#dataset=circle&networkShape=&x=false&y=false&xSquared=true&ySquared=true&seed=0.1",
        "With the right inputs a circle needs no hidden layer: w₁x² + w₂y² + b = 0 is one.",
        20, "both losses are below 0.05", _separates,
    ),
    Question(
        "rate too large", "#dataset=circle&networkShape=4,2&learningRate=3&seed=0.5",
        "Steps that are too long jump over the minimum: after ten epochs the loss is above the first one.",
        10, "the loss is above 0.6, and began at 0.51", lambda play: play.losses.train > 0.6,
    ),
    Question(
        "overfitting", NOISY,
        "Few noisy points and many neurons: the network learns the noise, and the test loss stays far above.",
        200, "the test loss is more than twice the training loss", _overfits,
    ),
    Question(
        "overfitting and L2", NOISY + "&regularization=L2&regularizationRate=0.03",
        "L2 keeps the weights small: the training loss is larger, and the test loss smaller.",
        200, "the test loss is below 0.3, without L2 above 0.33", lambda play: play.losses.test < 0.3,
    ),
    Question(
        "dead ReLUs", "#dataset=xor&activation=relu&networkShape=6,4&learningRate=3&seed=0.1",
        "A step too long takes units to where they are 0 for every point, and their slopes with them: they stay so.",
        5, "four hidden units are 0 for all points", lambda play: len(play.silent) >= 4,
    ),
    Question(
        "vanishing sigmoids", "#dataset=circle&activation=sigmoid&networkShape=4,4,4,4,4&seed=0.5",
        "σ′ is at most ¼: through five layers of sigmoids hardly any gradient is left, and nothing is learnt.",
        50, "the loss stays above 0.49", lambda play: play.losses.train > 0.49,
    ),
)  # fmt: skip
