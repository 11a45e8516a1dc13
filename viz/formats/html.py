"""A page in one file: its head with a policy that lets its own script run alone, its data, its colours by scheme."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from dataclasses import dataclass, fields
from hashlib import sha256
from importlib.resources import files
from string import Template

from viz.escape import xml
from viz.theme import THEMES, Theme

DOCUMENT = Template("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="$policy">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>$title</title>
<style>$style</style>
</head>
<body>
$body
<script type="application/json" id="$name">$data</script>
<script>$script</script>
</body>
</html>
""")


@dataclass(frozen=True)
class Parts:
    """What a page has of its own: elements, style, script, and data with the id by which it reads them."""

    body: str
    style: str
    script: str
    name: str
    data: object


def document(title: str, parts: Parts) -> str:
    """A whole page.

    >>> document("a < b", Parts("<p>text</p>", "", "", "content", [1])).splitlines()[7]
    '<title>a &lt; b</title>'
    """
    return DOCUMENT.substitute(
        policy=policy(parts.script, parts.style),
        title=xml(title),
        style=parts.style,
        body=parts.body.rstrip("\n"),
        name=parts.name,
        data=data(parts.data),
        script=parts.script,
    )


def file(package: str, name: str) -> str:
    """The text of a file in a package's folder."""
    return files(package).joinpath(name).read_text("utf-8")


def policy(script: str, style: str) -> str:
    """What the browser allows: this script and this style, and nothing from anywhere.

    >>> policy("f()", "a{}")[:50]
    "default-src 'none'; script-src 'sha256-GcEEE0IkDzI"
    """
    return (
        f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(style)}; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def data(content: object) -> str:
    """Data as JSON that can stand in a page: nothing in it ends the element or begins another.

    >>> data(["</script>&"])
    '["\\\\u003c/script\\\\u003e\\\\u0026"]'
    """
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return re.sub("[<>&\u2028\u2029]", lambda c: f"\\u{ord(c[0]):04x}", text)


def colours(theme: Theme) -> dict[str, str]:
    """A theme's colours, #RRGGBB, by name."""
    paints = {
        f"{role}-{part.name}": getattr(paint, part.name)
        for role, paint in theme.roles.items()
        for part in fields(paint)
    }
    return paints | {f.name: getattr(theme, f.name) for f in fields(theme) if isinstance(f.default, str)}


def schemes(style: str, light: Theme, own: tuple[str, str] = ("", "")) -> str:
    """A style after the colours that it has, light and dark as the reader's system is; `own` stands beside them."""
    bright, dark = (variables(theme, style) + more for theme, more in zip((light, THEMES["dark"]), own, strict=True))
    return f"{bright}@media (prefers-color-scheme: dark) {{\n{dark}}}\n{style}"


def variables(theme: Theme, style: str) -> str:
    """The colours that a style has, and the length of a dash, as CSS variables."""
    lines = [f"--{name}: {colour};" for name, colour in colours(theme).items() if f"--{name})" in style]
    return ":root { " + " ".join([*lines, f"--dash: {sum(theme.dash):g};"]) + " }\n"
