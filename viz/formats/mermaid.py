"""A scene as a Mermaid flowchart, which Markdown on the web shows: cards, ways forward, dotted ways back."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from autograd.characters import printable
from viz.escape import LINES
from viz.graph.scene import Scene
from viz.layout.measure import rows
from viz.theme import Paint, Theme


def write(scene: Scene, theme: Theme) -> str:
    """The scene as Mermaid; names stand as text, whatever is in them."""
    cards = [f'{node.id}["{"<br/>".join(map(quoted, rows(node)))}"]:::{node.role}' for node in scene.nodes]
    cards += [f'note["{quoted(scene.note)}"]'] if scene.note else []
    links = []
    for edge in scene.edges:
        colour, width, dashed = theme.weight_line(edge.weight)
        line = f"{edge.tail} {'-.->' if dashed else '-->'}{_label(edge.label, edge.gradient)} {edge.head}"
        links.append((line, f"stroke:{colour},color:{colour},stroke-width:{width:g}px"))
        if edge.slope is not None:
            style = f"stroke:{theme.gradient},color:{theme.gradient},stroke-width:{theme.backward_width:g}px"
            links.append((f"{edge.head} -.->{_label(edge.slope)} {edge.tail}", style))
    paints: dict[str, Paint] = {node.role: theme.roles[node.role] for node in scene.nodes}
    folded = f"  %% folded: {', '.join(scene.folded)}\n" if scene.folded else ""
    return flowchart(scene.flow, cards, links, paints, theme.ink) + folded


def flowchart(
    direction: str, nodes: Sequence[str], links: Sequence[tuple[str, str]], paints: Mapping[str, Paint], ink: str
) -> str:
    """Nodes, links with their styles, and the colours of classes as a flowchart."""
    styles = [f"linkStyle {i} {style}" for i, (_, style) in enumerate(links)]
    classes = [f"classDef {name} fill:{p.fill},stroke:{p.line},color:{ink}" for name, p in paints.items()]
    lines = [*nodes, *(line for line, _ in links), *styles, *classes]
    return "\n".join([f"flowchart {direction}", *(f"  {line}" for line in lines)]) + "\n"


def _label(*texts: str | None) -> str:
    rows = "<br/>".join(quoted(text) for text in texts if text)
    return f'|"{rows}"|' if rows else ""


def quoted(text: str) -> str:
    """Text for a quoted label: whatever Mermaid, Markdown or HTML could read otherwise, by its number.

    >>> quoted('<b> "x" `y`')
    '#60;b#62; #34;x#34; #96;y#96;'
    """
    text = " ".join(printable(text, LINES).splitlines())
    return re.sub(r"[^\w \u0080-\U0010ffff=+,.()/-]|^(?=\d+\.)", lambda c: f"#{ord(c[0])};" if c[0] else "#8203;", text)
