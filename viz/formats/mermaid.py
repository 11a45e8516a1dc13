"""A scene as a Mermaid flowchart, which Markdown on the web shows: cards, ways forward, dotted ways back."""

from __future__ import annotations

import re

from viz.escape import printable
from viz.graph.scene import Scene
from viz.layout.measure import rows
from viz.theme import Theme


def write(scene: Scene, theme: Theme) -> str:
    """The scene as Mermaid; names stand as text, whatever is in them."""
    lines = ["flowchart LR"]
    for node in scene.nodes:
        lines.append(f'  {node.id}["{"<br/>".join(map(quoted, rows(node)))}"]:::{node.role}')
    styles: list[str] = []
    for edge in scene.edges:
        colour, width, dashed = theme.weight_line(edge.weight)
        label = f'|"{quoted(edge.label)}"|' if edge.label else ""
        lines.append(f"  {edge.tail} {'-.->' if dashed else '-->'}{label} {edge.head}")
        styles.append(f"stroke:{colour},color:{colour},stroke-width:{width:g}px")
        if edge.slope is not None:
            label = f'|"{quoted(edge.slope)}"|' if edge.slope else ""
            lines.append(f"  {edge.head} -.->{label} {edge.tail}")
            styles.append(f"stroke:{theme.gradient},color:{theme.gradient},stroke-width:{theme.backward_width:g}px")
    lines += [f"  linkStyle {i} {style}" for i, style in enumerate(styles)]
    for role in dict.fromkeys(node.role for node in scene.nodes):
        paint = theme.roles[role]
        lines.append(f"  classDef {role} fill:{paint.fill},stroke:{paint.line},color:{theme.ink}")
    lines += [f"  %% folded: {', '.join(scene.folded)}"] if scene.folded else []
    return "\n".join(lines) + "\n"


def quoted(text: str) -> str:
    """Text for a quoted label: whatever Mermaid, Markdown or HTML could read otherwise, by its number.

    >>> quoted('<b> "x" `y`')
    '#60;b#62; #34;x#34; #96;y#96;'
    """
    text = " ".join(printable(text).splitlines())
    return re.sub(r"[^\w \u0080-\U0010ffff=+,.()/-]|^(?=\d+\.)", lambda c: f"#{ord(c[0])};" if c[0] else "#8203;", text)
