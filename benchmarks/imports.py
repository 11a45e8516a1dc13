"""What the first line costs: `import autograd` beside `import numpy`, each in a fresh process."""

from __future__ import annotations

from benchmarks.measure import Options, interleave, process

LINES = {
    "bare Python": "pass",
    "import micrograd": "import micrograd.engine",
    "import numpy": "import numpy",
    "import autograd": "import autograd",
}


def table(options: Options) -> None:
    tasks = [process(line, code) for line, code in LINES.items()]
    spreads = interleave(tasks, options.rounds)
    print(f"\nImport, a fresh process each{'ms (min – max)':>27}{'beside numpy':>18}")
    for name, spread in spreads.items():
        beyond = (spread.median - spreads["import numpy"].median) * 1e3
        print(f"    {name:<20}{f'{spread:ms}':>31}{beyond:>+15.1f} ms")
