"""A network's circles and lines in languages that other tools draw: DOT and Mermaid."""

from __future__ import annotations

import graphviz

from viz import escape
from viz.formats.mermaid import quoted
from viz.layout.dot import INCH
from viz.networks.lines import Lines
from viz.networks.plan import Plan


def dot(plan: Plan, lines: Lines) -> str:
    """A network's circles and lines as DOT, pinned to their places for `neato -n`."""
    graph = graphviz.Digraph("chalkgrad")
    graph.attr(layout="neato", splines="line")
    graph.attr("node", shape="circle", fixedsize="true", style="filled", fontname="Helvetica")
    graph.attr("node", width=f"{plan.diameter / INCH:.4f}", fontsize=f"{plan.theme.edge_size:g}")
    head = {"none": "none", "empty": "empty", "solid": "normal"}[plan.style.arrowheads]
    graph.attr("edge", arrowhead=head)
    for unit in (unit for column in plan.units for unit in column):
        x, y = plan.page(unit.x, unit.y)
        texts = [text for text, *_ in unit.texts] or [unit.name]
        look = plan.paint(unit.role) if unit.role else None
        paint = {"color": look.line, "fillcolor": look.fill} if look else {"shape": "plain", "style": ""}
        text = r"\n".join(map(escape.label, texts)) if look else "…"
        graph.node(unit.id, graphviz.nohtml(text), pos=f"{x:.2f},{-y:.2f}!", **paint)
    for link in plan.links:
        colour, width, dash, opacity = lines.look(link.weight)
        shade = f"{colour}{round(255 * opacity):02X}" if opacity < 1 else colour
        known = {} if link.weight is None else {"weight_": f"{link.weight:.6g}"}
        style = "dashed" if dash else "solid"
        graph.edge(link.tail.id, link.head.id, color=shade, penwidth=f"{width:.3g}", style=style, **known)
    return str(graph.source)


def mermaid(plan: Plan, lines: Lines) -> str:
    """A network as Mermaid: circles, and lines by their weights."""
    vertical = plan.style.direction == "vertical"
    rows, styles = [f"flowchart {'TD' if vertical else 'LR'}"], []
    for unit in (unit for column in plan.units for unit in column):
        text = "<br/>".join(quoted(t) for t in ([unit.name] if unit.name else []) + [t for t, *_ in unit.texts])
        rows.append(f'  {unit.id}(("{text or " "}")):::{unit.role}' if unit.role else f'  {unit.id}["…"]')
    ends = "---" if plan.style.arrowheads == "none" else "-->"
    for k, link in enumerate(plan.links):
        colour, width, dash, opacity = lines.look(link.weight)
        dashes = f",stroke-dasharray:{dash[0]:.3g} {dash[1]:.3g}" if dash else ""
        rows.append(f"  {link.tail.id} {ends} {link.head.id}")
        styles.append(f"  linkStyle {k} stroke:{colour},stroke-width:{width:.3g}px,opacity:{opacity:g}{dashes}")
    for role in dict.fromkeys(unit.role for column in plan.units for unit in column if unit.role):
        paint = plan.paint(role)
        styles.append(f"  classDef {role} fill:{paint.fill},stroke:{paint.line},color:{plan.theme.ink}")
    return "\n".join([*rows, *styles]) + "\n"
