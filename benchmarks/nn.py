"""Training: micrograd's moons demo, the exam network with Adam, and handwritten digits, beside the peers.

Each contestant runs in a process of its own, from the same data, first weights and batches in the same
order, and tells its losses: they are compared before any time is. `python -m benchmarks.nn RUN FILE` is one.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from benchmarks.measure import Options

MOONS, MORE, MICROGRAD = 100, 1000, 3  # steps: of the demo, of the measurement of one, of micrograd
EPOCHS, BATCH = 150, 10
DIGITS, GOAL = 100, 0.96  # epochs at most; accuracy on the test part


def rate(step: int) -> float:
    return 1 - 0.9 * min(step, MOONS) / MOONS


def load(path: str) -> tuple[Any, Any, list[Any]]:
    """Inputs, targets and the first weights."""
    import numpy as np

    with np.load(path, allow_pickle=False) as file:
        return file["X"], file["y"], [file[f"w{i}"] for i in range(len(file.files) - 2)]


# ── moons: loss of the first and the last step, seconds a step ────────────────────────────────────


def moons_ours(path: str, backend: str) -> dict[str, Any]:
    import nn

    X, y, weights = load(path)
    penalty = nn.L2(1e-4)
    model = nn.MLP(2, [16, 16, 1], kernel_regularizer=penalty, bias_regularizer=penalty)
    model.set_weights(weights)
    model.compile(nn.SGD(rate), loss="hinge", backend=backend)

    def fit(steps: int) -> Any:
        return model.fit(X, y, epochs=steps, batch_size=len(X), shuffle=False, verbose=0).history["loss"]

    losses = fit(MOONS)
    ready = perf_counter()
    fit(MORE)  # compiled, if for JAX once more
    start = perf_counter()
    fit(10 * MORE)  # so that the set-up, which is in the time from the start, counts little here
    return {"losses": [losses[0], losses[-1]], "ready": ready, "step": (perf_counter() - start) / (10 * MORE)}


def moons_torch(path: str) -> dict[str, Any]:
    import torch

    torch.set_num_threads(1)
    X, y, weights = load(path)
    X, y = torch.tensor(X), torch.tensor(y)[:, None]
    model = torch_network(torch, weights, [torch.nn.ReLU(), torch.nn.ReLU(), None])
    optimizer = torch.optim.SGD(model.parameters(), lr=1.0)

    def step(k: int) -> float:
        loss = torch.relu(1 - y * model(X)).mean() + 1e-4 * sum((p * p).sum() for p in model.parameters())
        optimizer.zero_grad()
        loss.backward()
        optimizer.param_groups[0]["lr"] = rate(k)
        optimizer.step()
        return loss.item()

    losses = [step(k) for k in range(MOONS)]
    ready = perf_counter()
    for k in range(MORE):
        step(MOONS + k)
    return {"losses": [losses[0], losses[-1]], "ready": ready, "step": (perf_counter() - ready) / MORE}


def moons_micrograd(path: str) -> dict[str, Any]:
    from micrograd.nn import MLP

    X, y, weights = load(path)
    model = MLP(2, [16, 16, 1])
    for layer, kernel, bias in zip(model.layers, weights[::2], weights[1::2], strict=True):
        for neuron, column, b in zip(layer.neurons, kernel.T.tolist(), bias.tolist(), strict=True):
            neuron.b.data = b
            for w, number in zip(neuron.w, column, strict=True):
                w.data = number
    losses, start = [], perf_counter()
    for k in range(MICROGRAD):
        margins = [(1 + -t * model(x)).relu() for x, t in zip(X.tolist(), y.tolist(), strict=True)]
        loss = sum(margins) * (1.0 / len(margins)) + 1e-4 * sum(p * p for p in model.parameters())
        model.zero_grad()
        loss.backward()
        for p in model.parameters():
            p.data -= rate(k) * p.grad
        losses.append(loss.data)
    return {"losses": losses[:1], "ready": None, "step": (perf_counter() - start) / MICROGRAD}


# ── the exam: Adam, mini-batches of 10, 150 epochs of 1000 rows; seconds of all of it ─────────────


def exam_ours(path: str, backend: str) -> dict[str, Any]:
    import nn

    X, y, weights = load(path)
    model = nn.MLP(2, [3, 1], "sigmoid", "sigmoid")
    model.set_weights(weights)
    model.compile(nn.Adam(), loss="binary_crossentropy", backend=backend)
    return fitted(lambda n: model.fit(X, y, epochs=n, batch_size=BATCH, shuffle=False, verbose=0).history["loss"])


def exam_keras(path: str) -> dict[str, Any]:
    os.environ["KERAS_BACKEND"] = "jax"  # its fastest here: eight times as fast as on torch
    import keras

    X, y, weights = load(path)
    layers = [keras.layers.Dense(3, activation="sigmoid"), keras.layers.Dense(1, activation="sigmoid")]
    model = keras.Sequential([keras.Input((2,)), *layers])
    model.compile(loss="binary_crossentropy", optimizer="adam")
    model.set_weights(weights)
    X, y = X.astype("float32"), y[:, None].astype("float32")
    return fitted(lambda n: model.fit(X, y, epochs=n, batch_size=BATCH, shuffle=False, verbose=0).history["loss"])


def exam_torch(path: str) -> dict[str, Any]:
    import torch

    torch.set_num_threads(1)
    X, y, weights = load(path)
    X, y = torch.tensor(X), torch.tensor(y)[:, None]
    model = torch_network(torch, weights, [torch.nn.Sigmoid(), torch.nn.Sigmoid()])
    optimizer, measure = torch.optim.Adam(model.parameters(), eps=1e-7), torch.nn.BCELoss()

    def fit(epochs: int) -> list[float]:
        means = []
        for _ in range(epochs):
            total = 0.0
            for i in range(0, len(X), BATCH):
                loss = measure(model(X[i : i + BATCH]), y[i : i + BATCH])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                total += loss.item()
            means.append(total * BATCH / len(X))
        return means

    return fitted(fit)


def exam_sklearn(path: str) -> dict[str, Any]:
    import warnings

    from sklearn.neural_network import MLPClassifier

    warnings.simplefilter("ignore")  # that it did not converge
    X, y, _ = load(path)  # it takes no first weights: its loss is near, not equal
    options = {"activation": "logistic", "alpha": 0.0, "batch_size": BATCH, "tol": 0.0, "n_iter_no_change": 10**6}

    def fit(epochs: int) -> list[float]:
        model = MLPClassifier((3,), max_iter=epochs, epsilon=1e-7, shuffle=False, random_state=0, **options)
        return list(model.fit(X, y).loss_curve_)

    return fitted(fit) | {"start": "its own"}


def fitted(fit: Callable[[int], list[float]]) -> dict[str, Any]:
    """The first epoch warms up, and is compared; all others are timed."""
    (first,) = fit(1)
    start = perf_counter()
    losses = fit(EPOCHS)
    return {"losses": [first, losses[-1]], "seconds": perf_counter() - start}


def torch_network(torch: Any, weights: list[Any], functions: list[Any]) -> Any:
    parts = []
    for kernel, bias, function in zip(weights[::2], weights[1::2], functions, strict=True):
        linear = torch.nn.Linear(*kernel.shape, dtype=torch.float64)
        with torch.no_grad():
            linear.weight.copy_(torch.tensor(kernel.T.copy()))
            linear.bias.copy_(torch.tensor(bias))
        parts += [linear] if function is None else [linear, function]
    return torch.nn.Sequential(*parts)


# ── digits: seconds and memory until 96 % of the test part are right ──────────────────────────────


def digits_ours(path: str, backend: str) -> dict[str, Any]:
    import nn

    X, y, _ = load(path)
    X, X_test, y, y_test = nn.datasets.train_test_split(X, y, 0.2, rng=0)
    start, epochs = perf_counter(), 0
    model = nn.MLP(64, [32, 10], output="softmax", rng=0)
    model.compile(nn.Adam(0.005), loss="sparse_categorical_crossentropy", backend=backend)
    for _ in model.train(X, y, batch_size=32, epochs=DIGITS):
        epochs += 1
        accuracy = float((model.predict(X_test).argmax(1) == y_test).mean())
        if accuracy >= GOAL:
            break
    return {"seconds": perf_counter() - start, "accuracy": accuracy, "epochs": epochs}


def digits_sklearn(path: str) -> dict[str, Any]:
    from sklearn.neural_network import MLPClassifier

    import nn

    X, y, _ = load(path)
    X, X_test, y, y_test = nn.datasets.train_test_split(X, y, 0.2, rng=0)
    start, epochs = perf_counter(), 0
    model = MLPClassifier((32,), alpha=0.0, batch_size=32, learning_rate_init=0.005, random_state=0)
    while epochs < DIGITS:
        epochs += 1
        model.partial_fit(X, y, classes=list(range(10)))
        accuracy = float(model.score(X_test, y_test))
        if accuracy >= GOAL:
            break
    return {"seconds": perf_counter() - start, "accuracy": accuracy, "epochs": epochs}


RUNS: dict[str, Callable[[str], dict[str, Any]]] = {
    "moons: chalkgrad, numpy": lambda path: moons_ours(path, "numpy"),
    "moons: chalkgrad, native": lambda path: moons_ours(path, "native"),
    "moons: chalkgrad, jax": lambda path: moons_ours(path, "jax"),
    "moons: torch": moons_torch,
    "moons: micrograd": moons_micrograd,
    "exam: chalkgrad, numpy": lambda path: exam_ours(path, "numpy"),
    "exam: chalkgrad, native": lambda path: exam_ours(path, "native"),
    "exam: chalkgrad, jax": lambda path: exam_ours(path, "jax"),
    "exam: scikit-learn": exam_sklearn,
    "exam: torch": exam_torch,
    "exam: Keras on JAX": exam_keras,
    "digits: chalkgrad, numpy": lambda path: digits_ours(path, "numpy"),
    "digits: chalkgrad, native": lambda path: digits_ours(path, "native"),
    "digits: scikit-learn": digits_sklearn,
}


# ── the tables ────────────────────────────────────────────────────────────────────────────────────


def table(options: Options) -> None:
    with TemporaryDirectory() as folder:
        for contest, write in (("moons", write_moons), ("exam", write_exam), ("digits", write_digits)):
            path = Path(folder) / f"{contest}.npz"
            try:
                write(path)
            except ModuleNotFoundError as error:
                print(f"{contest} is left out: {error}")
                continue
            show(contest, dict(measured(contest, path, 3 if contest == "exam" else options.rounds)))


def write(path: Path, X: Any, y: Any, weights: list[Any]) -> None:
    import numpy as np

    np.savez(path, X=X, y=y, **{f"w{i}": array for i, array in enumerate(weights)})


def write_moons(path: Path) -> None:
    import nn

    write(path, *nn.datasets.moons(100, bipolar=True), nn.MLP(2, [16, 16, 1], rng=0).get_weights())


def write_exam(path: Path) -> None:
    import nn

    X, y = nn.datasets.exam(1000)
    write(path, (X - X.mean(0)) / X.std(0), y, nn.MLP(2, [3, 1], "sigmoid", "sigmoid", rng=0).get_weights())


def write_digits(path: Path) -> None:
    from sklearn.datasets import load_digits

    X, y = load_digits(return_X_y=True)
    write(path, X / 16, y.astype(float), [])


def measured(contest: str, path: Path, rounds: int) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """The results of all rounds, the contestants in turn in each."""
    names = [name for name in RUNS if name.startswith(contest)]
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in names}
    for _ in range(rounds):
        for name in list(names):
            try:
                found[name].append(once(name, path))
            except subprocess.CalledProcessError as error:
                names.remove(name)
                print(f"{name} is left out: {error.stderr.strip().splitlines()[-1]}")
    yield from ((name.partition(": ")[2], results) for name, results in found.items() if results)


def once(name: str, path: Path) -> dict[str, Any]:
    """One process, and how long it took from its start until the network was trained."""
    start = perf_counter()
    command = [sys.executable, "-m", "benchmarks.nn", name, str(path)]
    run = subprocess.run(command, cwd=Path(__file__).parents[1], capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    found["wall"] = found["ready"] - start if found.get("ready") else None  # perf_counter is the machine's
    return found


UNITS = {"wall": ("s from start", 1), "step": ("µs a step", 1e6), "seconds": ("s", 1), "memory": ("MB", 1e-6)}


def show(contest: str, results: dict[str, list[dict[str, Any]]]) -> None:
    """Losses first; then medians, and how many times our best is as fast."""
    if not results:
        return
    agree(results)
    first = next(iter(results.values()))[0]
    print(f"\n{contest}")
    for key in [key for key in UNITS if key in first]:
        medians = {
            name: statistics.median(run[key] for run in runs) * UNITS[key][1]
            for name, runs in results.items()
            if runs[0].get(key) is not None
        }
        if not medians:
            continue
        best = min(number for name, number in medians.items() if name.startswith("chalkgrad"))
        for name, number in medians.items():
            print(f"    {name:<24}{number:>12.4g} {UNITS[key][0]:<14}{number / best:>8.2f} ÷ our best")
    for name, runs in results.items():
        if "accuracy" in runs[0]:
            print(f"    {name:<24}{runs[0]['accuracy']:.1%} after {runs[0]['epochs']} epochs")


def agree(results: dict[str, list[dict[str, Any]]]) -> None:
    """Those that start from the same weights have the same losses: single precision differs by rounding."""
    fair = {
        name: runs[0]["losses"] for name, runs in results.items() if runs[0].get("losses") and "start" not in runs[0]
    }
    for name, losses in fair.items():
        for mine, expected in zip(losses, next(iter(fair.values())), strict=False):
            if abs(mine / expected - 1) > 2e-3:
                raise AssertionError(f"{name} has losses {losses}, the first has {next(iter(fair.values()))}.")


def memory() -> int | None:
    """The most bytes this process has held; Linux tells."""
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM")), None)


if __name__ == "__main__":
    result = RUNS[sys.argv[1]](sys.argv[2])
    print(json.dumps(result | {"memory": memory()}))
