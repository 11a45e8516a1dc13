"""What the site is made of: a hook of MkDocs that runs the examples and writes what follows from the code.

A page's ```python run``` blocks are run in one namespace; what they print, and the pictures they
leave, stand below them. Examples in the percent format become pages in the same way.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from mkdocs.exceptions import PluginError  # noqa: E402
from mkdocs.structure.files import File, Files  # noqa: E402

from autograd.core.op import Op  # noqa: E402
from viz.commands.passes import markdown  # noqa: E402

PICTURES = (".svg", ".png", ".gif")
RUN = re.compile(r"^```python run\n(.*?)^```\n", re.DOTALL | re.MULTILINE)
BESIDE = {  # what the names of `__all__` return, and a reader looks up
    "autograd": ["autograd.program.program.Program", "autograd.steps.Steps"],
    "nn": [],
    "viz": ["viz.descent.Descent", "viz.descent.Path", "viz.descent.update"],
}


class Runner:
    """Code that runs piece by piece in one namespace, with what each piece printed and drew."""

    def __init__(self, folder: str) -> None:
        self.folder, self.files = folder, dict[str, bytes]()
        self.scope: dict[str, Any] = {"__name__": "__main__"}

    def __call__(self, code: str) -> str:
        """The code as Markdown, its output and its pictures below it."""
        printed = io.StringIO()
        with tempfile.TemporaryDirectory() as place, contextlib.redirect_stdout(printed):
            os.environ["PICTURES"] = place
            self.scope["FOLDER"] = Path(place)
            exec(compile(code, "<documentation>", "exec"), self.scope)
            drawn = {file.name: file.read_bytes() for file in sorted(Path(place).iterdir())}
        self.files |= {f"{self.folder}/{name}": data for name, data in drawn.items()}
        output = "\n".join(line for line in printed.getvalue().splitlines() if not line.startswith("Pictures: "))
        parts = [f"```python\n{code.strip()}\n```"]
        parts += [f"```text\n{output.strip()}\n```"] if output.strip() else []
        parts += [f"![{Path(name).stem.replace('_', ' ')}]({self.folder.rpartition('/')[2]}/{name})" for name in drawn]
        return "\n\n".join(parts) + "\n"


def on_config(config: Any) -> Any:
    """The navigation, tutorials found by glob."""
    tutorials = [{"All": "tutorials/index.md"}, *(f"tutorials/{path.stem}.md" for path in examples())]
    config.nav = [
        {"Start": "index.md"},
        {"Tutorials": tutorials},
        {"Operations": "operations.md"},
        {"Reference": [{name: f"reference/{name}.md"} for name in BESIDE]},
        {"How it works": "how.md"},
        {"Comparison": "comparison.md"},
        {"Benchmarks": "benchmarks.md"},
    ]
    return config


def on_files(files: Files, config: Any) -> Files:
    """Generated pages, and those with code to run."""
    for uri, content in pages():
        old = files.get_file_from_path(uri)
        if old:
            files.remove(old)
        files.append(File.generated(config, uri, content=content))
    return files


def on_post_build(config: Any) -> None:
    """Refuse a site with a link to nothing, or one that loads something from elsewhere."""
    site = Path(config.site_dir)
    wrong = []
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        for tag, target in re.findall(r'<(\w+)[^>]*?\s(?:href|src)="([^"#]*)[^"]*"', text):
            elsewhere = re.match("https?:|//", target)
            if (elsewhere and tag != "a") or (target and not re.match(r"\w+:|//", target) and page.name != "404.html"
                                              and not (page.parent / unquote(target)).exists()):  # fmt: skip
                wrong.append(f"{page.relative_to(site)}: {target}")
    if wrong:
        raise PluginError("Links to nothing, or loaded from elsewhere: " + ", ".join(sorted(set(wrong))))


def pages() -> Iterator[tuple[str, str | bytes]]:
    """Every generated file: its place and its content."""
    for path in sorted((ROOT / "docs").glob("*.md")):
        text = path.read_text(encoding="utf-8")
        runner = Runner(f"{path.stem}_pictures")
        if RUN.search(text):
            yield path.name, RUN.sub(lambda found, run=runner: run(found[1]), text)
            yield from runner.files.items()
    index = ["# Tutorials", "", "Each answers one question, in code that you can run: `python examples/NAME.py`."]
    for path in examples():
        text, pictures = tutorial(path)
        yield f"tutorials/{path.stem}.md", text
        yield from pictures.items()
        index.append(f"- [{text.partition(chr(10))[0].lstrip('# ')}]({path.stem}.md)")
    yield "tutorials/index.md", "\n".join([*index[:3], "", *index[3:], ""])
    yield "operations.md", operations()
    yield "benchmarks.md", benchmarks()
    yield "benchmarks/growth.svg", (ROOT / "benchmarks" / "growth.svg").read_bytes()
    for package in BESIDE:
        yield f"reference/{package}.md", reference(package)


def examples() -> list[Path]:
    """The examples that answer a question; what else lies beside them makes files for the README."""
    found = sorted((ROOT / "examples").glob("[!_]*.py"))
    return [path for path in found if "?" in path.read_text(encoding="utf-8").partition("\n\n")[0]]


def tutorial(path: Path) -> tuple[str, dict[str, bytes]]:
    """An example as a page, with its pictures."""
    source = path.read_text(encoding="utf-8")
    runner = Runner(f"tutorials/{path.stem}")
    if not source.startswith("# %%"):
        _, question, rest = source.split('"""', 2)
        return f"# {' '.join(question.split())}\n\n{runner(rest)}", runner.files
    import jupytext

    cells = jupytext.reads(source, "py:percent").cells
    parts = [runner(cell.source) if cell.cell_type == "code" else cell.source for cell in cells]
    source_link = f"\n*This page is `examples/{path.name}`; `jupytext --to ipynb` makes a notebook of it.*\n"
    return "\n\n".join([*parts, source_link]), runner.files


def operations() -> str:
    return (
        "# Operations\n\nEverything follows from one table: a row says an operation's name, notation, value, slopes "
        "and domain. z is the result; `[x > 0]` is 1 where the condition holds, else 0. `softmax` and `gelu` are "
        f"composed of rows.\n\n{markdown()}\n"
    )


def benchmarks() -> str:
    """The README's figures, and how to get them anew."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    figures = readme.partition("\n## Speed\n")[2].partition("\n## ")[0]
    return f"""# Benchmarks

    pip install ".[bench]"
    python -m benchmarks            # every table
    python -m benchmarks chain tree # two of them

Peers take turns in the same run, their gradients are compared with PyTorch's first, and medians are printed. Close
other programs; on a shared machine compare ratios, not times.
{figures}"""


def reference(package: str) -> str:
    """A section for every public name, from its docstring."""
    module = importlib.import_module(package)
    rows = [name for name in module.__all__ if isinstance(getattr(module, name), Op)]
    parts = [f"# {package}", module.__doc__ or ""]
    if rows:
        listed = ", ".join(f"`{name}`" for name in rows)
        parts.append(f"The rows of the [table of operations](../operations.md) are functions here: {listed}.")
    for name in module.__all__:
        thing = getattr(module, name)
        if name in rows:
            continue
        if isinstance(thing, dict):  # a table of choices
            parts.append(f"## `{package}.{name}`\n\n" + "\n".join(f"- `{key}`" for key in thing))
            continue
        home = getattr(thing, "__module__", None) or thing.__name__.rpartition(".")[0]  # where its text stands
        parts.append(f"::: {home}.{name}")
    parts += [f"::: {name}" for name in BESIDE[package]]
    return "\n\n".join(parts) + "\n"
