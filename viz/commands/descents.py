"""The subcommand descend: optimisers on a surface of two variables."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from viz import draw_forward
from viz.commands.expressions import add_output, assigned, command

if TYPE_CHECKING:
    from viz.commands.expressions import Commands


def add_descend(commands: Commands) -> None:
    """The arguments of `chalkgrad descend`."""
    example = '"x**2 + y**2" x=1.5 y=1.5 --optimizer adam,momentum -o paths.gif'
    one = command(commands, "descend", _descend, "follow a surface of two variables downhill", example)
    one.description = "Follow a surface of two variables downhill; saddle, hills, plateau … are known by name."
    one.add_argument("--optimizer", default="sgd", help="adam,momentum or adam=0.1,sgd; an unknown one lists all")
    one.add_argument("--rate", type=float, default=0.01, help="learning rate where none is given (default: 0.01)")
    one.add_argument("--steps", type=int, default=500, metavar="N", help="at most so many (default: 500)")
    one.add_argument("--tolerance", type=float, default=1e-2, help="stop below both slopes; 0 goes on (default: 0.01)")
    one.add_argument("--domain", type=float, nargs=4, metavar=("X0", "X1", "Y0", "Y1"), help="what the picture shows")
    add_output(one, "plot", "animation", default="none")
    one.add_argument("--update", metavar="FILE", help="draw the first optimiser's own first step as a graph")


def _descend(choice: argparse.Namespace) -> None:
    from viz.descent import descend, update

    start = {name: float(x) for name, x in assigned(choice.values).items()}
    chosen = choice.optimizer.split(",")
    domain = tuple(choice.domain) if choice.domain else None
    descent = descend(
        choice.expression, start or None, chosen, rate=choice.rate, steps=choice.steps,
        tolerance=choice.tolerance or None, domain=domain,
    )  # fmt: skip
    print(descent)
    if choice.output:
        print(f"\nPicture: {descent.save(choice.output)}")
    if choice.update:
        path = descent.paths[0]
        step = update(chosen[0], [path.gradients[0][0]], path.points[0][0], choice.rate)
        print(f"\nPicture: {draw_forward(step, level='named', digits=choice.digits or 4).save(choice.update)}")
