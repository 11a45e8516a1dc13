"""The playground as a file: one page, small, whose policy lets nothing but its own script run, whatever a text says."""

import json
import re
from base64 import b64encode
from hashlib import sha256

import pytest

import nn
import viz
from autograd import DrawingError
from tests.autograd.language.test_javascript import in_node
from viz.__main__ import main
from viz.playgrounds import mathematics

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\u2028&"


def parts(page):
    """A page's policy, style, data and script."""
    pattern = (
        r'(?s)Content-Security-Policy" content="([^"]*)".*?<style>(.*?)</style>.*?'
        r'<script type="application/json" id="playground">(.*?)</script>\s*<script>(.*?)</script>'
    )
    return re.search(pattern, page).groups()


def test_page_is_one_small_file_that_loads_nothing():
    page = viz.playground().html
    _, style, _, script = parts(page)
    assert len(page.encode()) < 150_000
    assert not re.search(r"url\(|@import", style)
    assert not re.search(r"\b(fetch|import|XMLHttpRequest|WebSocket|EventSource|sendBeacon|eval|Function)\(", script)
    assert not re.search(r"\s(src|href)=", page.replace(script, ""))


def test_policy_allows_this_script_and_style_alone():
    policy, style, _, script = parts(viz.playground().html)
    hashes = [b64encode(sha256(text.encode()).digest()).decode() for text in (script, style)]
    assert policy == (
        f"default-src 'none'; script-src 'sha256-{hashes[0]}'; style-src 'sha256-{hashes[1]}'; "
        "base-uri 'none'; form-action 'none'"
    )


def test_a_hostile_link_and_title_are_text():
    page = viz.playground(f"#seed={HOSTILE}", title=HOSTILE).html
    assert page.count("<script") == 2
    assert "<img" not in page
    assert json.loads(parts(page)[2])["link"] == f"#seed={HOSTILE}"


def test_playground_takes_a_play_of_python():
    play = nn.playground.from_link("#dataset=xor&seed=0.5")
    assert viz.playground(play).link == play.link


def test_what_is_no_link_is_refused():
    message = "A playground needs a link as text, or what nn.playground makes of one, got 3. Try '#dataset=xor'."
    with pytest.raises(TypeError, match=re.escape(message)):
        viz.playground(3)


def test_notebook_shows_a_frame():
    data, _ = viz.playground("#dataset=xor", title='a "b"')._repr_mimebundle_()
    assert data["text/plain"] == "<Playground #dataset=xor>"
    assert 'sandbox="allow-scripts allow-downloads"' in data["text/html"]
    assert 'title="a &quot;b&quot;"' in data["text/html"]


def test_command_writes_the_page(tmp_path, capsys):
    path = tmp_path / "play.html"
    assert main(["playground", "#dataset=spiral", "-o", str(path), "--title", "Spirals"]) == 0
    assert capsys.readouterr().out == f"Page: {path}\n"
    assert path.read_text("utf-8") == viz.playground("#dataset=spiral", title="Spirals").html


def test_command_refuses_another_ending(tmp_path, capsys):
    assert main(["playground", "-o", str(tmp_path / "play.txt")]) == 2
    assert "has an unknown ending for a page. Choose one of .html, .htm" in capsys.readouterr().err


# ── what Python gives ─────────────────────────────────────────────────────────────────────────────


def dense(units, inputs, activation="tanh"):
    return nn.Dense(units, input_dim=inputs, activation=activation)


def content(page):
    return json.loads(parts(page.html)[2])


def test_arrays_and_files_of_data_are_rows_in_the_page(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text("a,b,c\n1,2,</script>\n", "utf-8")
    assert content(viz.playground(data=path))["table"] == "a,b,c\n1,2,</script>\n"
    rows = content(viz.playground(data=([[0.1, 2], [3, 4]], ["a, b", 'c"'])))["table"]
    assert rows == 'x_1,x_2,y\n0.1,2.0,"a, b"\n3.0,4.0,c\'\n'


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (
            ([1, 2], [3, 4]),
            "A playground needs X of shape (n, 2) or wider and y of shape (n,); "
            "X has shape (2,), y (2,). Reshape them.",
        ),
        (([[1, float("nan")]], [1]), "X is [1.0, nan] in row 0. Remove the row, or fill the gap."),
        ("none.csv", "'none.csv' cannot be read: No such file or directory. Give a CSV file's path."),
        (
            ([[1.0, 2.0]] * 100_000, [0] * 100_000),
            "The data have 1,000,010 characters, a page at most 1,000,000. Give fewer rows.",
        ),
    ],
)  # fmt: skip
def test_data_that_a_page_cannot_hold_are_refused(data, message):
    with pytest.raises(Exception, match=f"^{re.escape(message)}$"):
        viz.playground(data=data)


def test_a_models_layers_are_in_the_page(tmp_path):
    model = nn.Sequential([nn.Dense(2, input_dim=3, activation="gelu", rng=0), nn.Dense(1, activation="tanh", rng=1)])
    told = content(viz.playground(model=model))["model"]
    assert (told["sizes"], told["activations"], told["ending"]) == ([3, 2, 1], ["gelu"], "tanh")
    kernel, bias = model.get_weights()[:2]
    assert told["weights"][1] == [bias[1], *kernel[:, 1]]
    model.save(tmp_path / "m.npz")
    assert content(viz.playground(model=tmp_path / "m.npz"))["model"] == told


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        ([dense(1, 9)], "The model has 9 inputs, a playground at most 7. Give a smaller model."),
        ([dense(2, 2, "softmax"), dense(1, 2)], "A playground has no hidden activation 'softmax'. Choose one of "),
        ([dense(1, 2, "sigmoid")], "A playground's model ends with 1 output, or 3 to 5 for classes: "),
        ([dense(65, 2), dense(1, 65)], "A playground has at most 12 hidden layers of 64 neurons, got sizes"),
        ([dense(3, 2), nn.Dropout(0.5), dense(1, 3)], "A playground shows dense layers alone, got "),
    ],
)  # fmt: skip
def test_models_that_a_page_cannot_show_are_refused(layers, message):
    with pytest.raises(DrawingError, match=f"^{re.escape(message)}"):
        viz.playground(model=nn.Sequential(layers))


# ── what is derived ───────────────────────────────────────────────────────────────────────────────


def test_every_activation_and_its_slope_in_javascript_are_nns():
    from autograd import Value
    from nn.activations import get

    at = [-3.0, -1.0, -0.25, 0.0, 0.5, 2.0, 7.0]
    both = f"{at}.map(z => [row.value(z), row.slope(z, row.value(z))])"
    each = f"Object.entries(ACTIVATIONS).map(([name, row]) => [name, {both}])"
    told = in_node(f"(() => {{ {mathematics.script()}; return Object.fromEntries({each}); }})()")
    assert {"tanh", "relu", "sigmoid", "linear", "gelu", "selu", "softsign", "sin"} <= told.keys()
    for name, numbers in told.items():
        for x, (value, slope) in zip(at, numbers, strict=True):
            z = Value(x)
            (a,) = get(name)([z])
            (Value(0.0) + a).backward()
            expected = [float(a.data if isinstance(a, Value) else a), float(z.grad or 0)]
            if slope is None:  # infinite
                continue
            assert [value, slope] == pytest.approx(expected, rel=1e-11, abs=1e-13), (name, x)


def test_cross_entropy_in_javascript_is_that_of_nn():
    import numpy as np

    from autograd import Value, softmax
    from nn.losses import LOSSES

    numbers = [0.5, -1.0, 2.0, 800.0]
    loss = LOSSES["categorical_crossentropy_from_logits"]
    script = "const U = [0, 0, 0, 0], row = LOSSES[4]; row.pull(A, 1, U, 0);"
    script += "return [row.value(1, ...A), U, row.chances(...A)];"
    told = in_node(f"(() => {{ {mathematics.script()} const A = {numbers}; {script} }})()")
    zs = [Value(z) for z in numbers]
    cost = loss.function([0, 1, 0, 0], zs)
    cost.backward()
    assert told[0] == pytest.approx(cost.data, rel=1e-13)
    assert told[1] == pytest.approx([z.grad for z in zs], abs=1e-15)
    assert told[2] == pytest.approx(np.array(softmax(numbers), float).tolist(), abs=1e-15)


def test_functions_that_draw_data_are_the_same_everywhere():
    """Node 20 has fdlibm itself; a later one has the C library's, from which it is never far."""
    import math
    from importlib.resources import files

    text = files("viz.playgrounds").joinpath("fdlibm.js").read_text("utf-8")
    near = [k * math.pi / 4 + d for k in range(-20, 40) for d in (-1e-9, 0.0, 1e-16, 0.01, 0.3)]
    near += [0.0, 1e-30, 6.1, 100.5, 5e5, 0.999999999, 1.0, 1.0000001, 1.41, 1.42, 2.0, 1e-9]
    told = in_node(
        f"(() => {{ {text}; const old = parseInt(process.versions.v8) < 12, f = FUNCTIONS.fdlibm; "
        f"return {near}.flatMap(x => ['sin', 'cos', 'log'].filter(name => {{ "
        "const at = name === 'log' ? Math.abs(x) || 1 : x; "
        "const a = f[name](at), b = Math[name](at); "
        "return old ? !Object.is(a, b) : Math.abs(a - b) > 2 ** -52; }).map(name => [name, x])); })()"
    )
    assert told == []


def test_inputs_in_javascript_are_the_formulas():
    import math

    told = in_node(
        f"(() => {{ {mathematics.script()} return Object.values(INPUTS).map(row => row.of(-1.5, 0.7)); }})()"
    )
    x, y = -1.5, 0.7
    assert told == pytest.approx([x, y, x * x, y * y, x * y, math.sin(x), math.sin(y)], rel=1e-15)
