"""The reference: every public name of a package, with its signature and docstring, as Markdown."""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from importlib import import_module
from typing import Any

from autograd.core.op import Op
from nn.optimizers import OPTIMIZERS
from nn.playground import QUESTIONS
from nn.playground.link import ADDRESS, KEYWORDS
from viz.graph.levels import LEVELS
from viz.saving import FORMATS, NAMES

SECTION = re.compile(r"^(Args|Attributes|Returns|Raises|Example|Examples|Source):$")
BESIDE = {  # classes that public names return, and that a reader looks up
    "autograd": ("autograd.program.program.Program", "autograd.passes.steps.Steps"),
    "nn": (
        "nn.losses",
        "nn.metrics",
        "nn.schedules",
        "nn.initializers",
        "nn.regularizers",
        "nn.datasets",
        "nn.playground",
    ),
    "viz": ("viz.descent.Descent", "viz.descent.update", "viz.plots"),
}


class Plain(str):
    """An annotation that is shown without quotation marks."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def page(package: str) -> str:
    """A section for every public name of a package."""
    module = import_module(package)
    rows = [name for name in module.__all__ if isinstance(getattr(module, name), Op)]
    parts = [f"# {package}", markdown(module.__doc__ or "")]
    if rows:
        names = ", ".join(f"`{name}`" for name in rows)
        parts.append(f"The rows of the [table of operations](../operations.md) are functions here: {names}.")
    parts += [section(f"{package}.{name}", getattr(module, name)) for name in module.__all__ if name not in rows]
    for name in BESIDE[package]:
        parts += beside(name)
    return "\n\n".join(part for part in parts if part) + "\n"


def beside(name: str) -> Iterator[str]:
    """What a public name leads to: a class, or the public names of a module."""
    home, _, last = name.rpartition(".")
    thing = getattr(import_module(home), last)
    if not inspect.ismodule(thing):
        yield section(name, thing)
        return
    public = getattr(thing, "__all__", None) or [key for key, member in vars(thing).items() if _own(member, name)]
    for key in public:
        yield section(f"{name}.{key}", getattr(thing, key))


def _own(member: Any, module: str) -> bool:
    name = getattr(member, "__name__", "_")
    return callable(member) and getattr(member, "__module__", "") == module and not name.startswith("_")


def section(name: str, thing: Any) -> str:
    """One name: heading, signature, docstring; of a class its public methods and properties too."""
    parts = [f"## `{name}`"]
    if inspect.ismodule(thing):
        return "\n\n".join([*parts, markdown(thing.__doc__ or "")])
    if not callable(thing):
        return "\n\n".join([*parts, "\n".join(f"- `{key}`" for key in thing)])
    if not (inspect.isclass(thing) and issubclass(thing, Exception)):
        parts.append(f"```python\n{signature(name.rpartition('.')[2], thing)}\n```")
    parts.append(markdown(inspect.getdoc(thing) or ""))
    if inspect.isclass(thing):
        parts += [member(key, value) for key, value in vars(thing).items() if not key.startswith("_")]
    return "\n\n".join(part for part in parts if part)


def member(name: str, thing: Any) -> str:
    """A public method or property that has a docstring, as a section below its class."""
    function = thing.fget if isinstance(thing, property) else getattr(thing, "__func__", thing)
    receiver = not isinstance(thing, staticmethod)
    text = inspect.getdoc(function) if inspect.isfunction(function) else ""
    if not text:
        return ""
    heading = f"### `.{name}`" if isinstance(thing, property) else f"### `.{name}()`"
    shown = [] if isinstance(thing, property) else [f"```python\n{signature(name, function, receiver)}\n```"]
    return "\n\n".join([heading, *shown, markdown(text)])


def signature(name: str, thing: Any, receiver: bool = False) -> str:
    """How a thing is called, with one line for each parameter where a single line would be too long.

    Args:
        name: what stands before the parameters.
        thing: a function or class.
        receiver: whether the first parameter is what stands before the dot.
    """
    try:
        described = inspect.signature(thing)
    except (TypeError, ValueError):
        return f"{name}(...)"
    parameters = [_shown(p) for p in described.parameters.values()][receiver:]
    returned = described.return_annotation if not inspect.isclass(thing) else inspect.Signature.empty
    line = f"{name}{described.replace(parameters=parameters, return_annotation=_plain(returned))}"
    if len(line) <= 100:
        return line
    arrow = "" if returned is inspect.Signature.empty else f" -> {returned}"
    return f"{name}(\n" + "".join(f"    {p},\n" for p in _marked(parameters)) + f"){arrow}"


def _shown(parameter: inspect.Parameter) -> inspect.Parameter:
    """A parameter as a reader wants it: the annotation as written, and a long default as `...`."""
    default = parameter.default
    if default is not parameter.empty and len(repr(default)) > 40:
        default = Plain("...")
    return parameter.replace(annotation=_plain(parameter.annotation), default=default)


def _plain(annotation: Any) -> Any:
    return Plain(annotation) if isinstance(annotation, str) else annotation


def _marked(parameters: list[inspect.Parameter]) -> Iterator[Any]:
    """The parameters, with the star that begins those that are passed by name only."""
    named = False
    for p in parameters:
        if p.kind is p.KEYWORD_ONLY and not named:
            yield "*"
        named = named or p.kind in (p.KEYWORD_ONLY, p.VAR_POSITIONAL)
        yield p


def markdown(docstring: str) -> str:
    """A docstring as Markdown: sections in bold, their entries as lists, sessions as code.

    Example:
        >>> print(markdown("The sum x + y.\\n\\nArgs:\\n    x: a number."))
        The sum x + y.
        <BLANKLINE>
        **Args**
        <BLANKLINE>
        - `x`: a number.
    """
    parts, title, lines = [], "", list[str]()
    for line in [*inspect.cleandoc(docstring).splitlines(), "End:"]:
        begins = SECTION.match(line)
        if begins or line == "End:":
            parts += _section(title, textwrap.dedent("\n".join(lines)).strip())
            title, lines = (begins[1] if begins else ""), []
        else:
            lines.append(line)
    return "\n\n".join(parts)


def _section(title: str, text: str) -> list[str]:
    if not text:
        return []
    if title in ("Args", "Attributes", "Raises"):
        text = re.sub(r"^(\*{0,2}[\w, *]+): ", r"- `\1`: ", text, flags=re.MULTILINE)
        text = re.sub(r"\n +(?=\S)", "\n  ", text)
    text = re.sub(r"(?:^>>> .*(?:\n(?!\n).*)*(?:\n\n(?=>>> ))?)+", _session, text, flags=re.MULTILINE)
    return [f"**{title}**"] * bool(title) + [text]


def _session(match: re.Match[str]) -> str:
    return f"```python\n{match[0].strip()}\n```"


# ── tables of the pages ───────────────────────────────────────────────────────────────────────────


def optimisers() -> str:
    """Each optimiser with its rule, the first line of its docstring."""
    rows = [(kind.__name__, first_line(kind).rstrip(".")) for kind in OPTIMIZERS.values()]
    return table(("optimiser", "rule"), [(f"`{name}`", rule) for name, rule in rows])


def levels() -> str:
    """Each drawing level with what it gives one card to, and what such a card says."""
    return table(("`level=`", "a card for each", ""), [(f'`"{row.name}"`', row.card, row.example) for row in LEVELS])


def formats() -> str:
    """Each output format with its endings, and the kinds of things that it can hold."""
    kinds = list(NAMES.items())
    held = [[name.split(maxsplit=1)[1] for kind, name in kinds if getattr(row, kind)] for row in FORMATS]
    rows = [
        (", ".join(f"`{end}`" for end in row.endings), row.about, ", ".join(names))
        for row, names in zip(FORMATS, held, strict=True)
    ]
    return table(("ending", "what it is", "holds a"), rows)


def controls() -> str:
    """Each control of a play by its keyword and its key in a link."""
    rows = [(f"`{key.keyword}`", f"`{key.name}`", f"`{key.default!r}`", key.says) for key in KEYWORDS.values()]
    return table(("keyword", "key", "default", "what it is"), rows)


def questions() -> str:
    """Each question of a lecture with its link to the Playground, and what holds after its epochs."""
    rows = [(f"[{q.name}]({ADDRESS}{q.link})", q.sentence, f"after {q.epochs} epochs {q.claim}") for q in QUESTIONS]
    return table(("play", "what it shows", ""), rows)


def first_line(thing: object) -> str:
    """What a docstring says first."""
    return (inspect.getdoc(thing) or "").partition("\n")[0]


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table.

    Example:
        >>> print(table(("a", "b"), [("1", "|x|")]))
        | a | b |
        | --- | --- |
        | 1 | \\|x\\| |
    """
    lines = [headings, ["---"] * len(headings), *([cell.replace("|", r"\|") for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
