"""From a graph to a picture: J = 3(a + bc) as SVG, in a fresh process and again in the same one."""

from __future__ import annotations

from benchmarks.measure import Options, Task, interleave, process

PICTURE = """
import viz
from autograd import Value

a, b, c = Value(5.0, "a"), Value(3.0, "b"), Value(2.0, "c")
u = (b * c).named("u")
J = (3 * (a + u)).named("J")
J.backward()
svg = viz.draw(J).svg
assert svg.lstrip().startswith("<")
"""


def table(options: Options) -> None:
    print(f"\nJ = 3(a + bc) as SVG{'ms (min – max)':>35}")
    code = compile(PICTURE, "picture", "exec")
    try:
        exec(code, {})
    except (ImportError, AttributeError) as error:
        print(f"    not available: {error}")
        return
    tasks = [process("cold, a fresh process", PICTURE), Task("warm", dict, lambda names: exec(code, names))]
    for name, spread in interleave(tasks, options.rounds).items():
        print(f"    {name:<24}{f'{spread:ms}':>27}")
