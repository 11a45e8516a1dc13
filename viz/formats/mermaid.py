"""A scene as a Mermaid flowchart, which Markdown on the web shows: cards, ways forward, dotted ways back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from viz.escape import printable
from viz.graph.scene import Scene
from viz.layout import dot
from viz.theme import Theme

if TYPE_CHECKING:
    from viz.networks.diagram import NetworkDrawing


def write(scene: Scene, theme: Theme) -> str:
    """The scene as Mermaid; names stand as text, whatever is in them."""
    lines = ["flowchart LR"]
    for node in scene.nodes:
        lines.append(f'  {node.id}["{"<br/>".join(map(quoted, dot.rows(node)))}"]:::{node.role}')
    styles: list[str] = []
    for edge in scene.edges:
        colour, width, dashed = dot.weight_line(edge, theme)
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


def diagram(drawing: NetworkDrawing) -> str:
    """A network as Mermaid: circles, and lines by their weights."""
    vertical = drawing.style.direction == "vertical"
    lines, styles, theme = [f"flowchart {'TD' if vertical else 'LR'}"], [], drawing.theme
    for unit in (unit for column in drawing.units for unit in column):
        text = "<br/>".join(quoted(t) for t in ([unit.name] if unit.name else []) + [t for t, *_ in unit.texts])
        lines.append(f'  {unit.id}(("{text or " "}")):::{unit.role}' if unit.role else f'  {unit.id}["…"]')
    ends = "---" if drawing.style.arrowheads == "none" else "-->"
    for k, link in enumerate(drawing.links):
        colour, width, dash, opacity = drawing.look(link.weight)
        dashes = f",stroke-dasharray:{dash[0]:.3g} {dash[1]:.3g}" if dash else ""
        lines.append(f"  {link.tail.id} {ends} {link.head.id}")
        styles.append(f"  linkStyle {k} stroke:{colour},stroke-width:{width:.3g}px,opacity:{opacity:g}{dashes}")
    for role in dict.fromkeys(unit.role for column in drawing.units for unit in column if unit.role):
        paint = drawing.paint(role)
        styles.append(f"  classDef {role} fill:{paint.fill},stroke:{paint.line},color:{theme.ink}")
    return "\n".join([*lines, *styles]) + "\n"
