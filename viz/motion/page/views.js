// Views: the picture that the page begins with, and one for each card that unfolds; one of them is seen.
let view, lines, leaves, links, cards, again, arrows, steps, forwards;

function told(each) { // its lines by their nodes: those that are as in the view before it are not told again
  each.told ??= new Map([...(each.parent === undefined ? [] : told(views[each.parent])), ...each.lines.map(line => [line.node, line])]);
  return each.told;
}

function prepare(each) { // once it is seen, as texts have no width before
  const usual = { learned: true, reached: true, forward: [], backward: [], links: [] }; // is not said
  each.byNode = new Map([...told(each).values()].sort((a, b) => a.node - b.node).map(line => [line.node, {
    inside: nodes[line.node].op ? [line.node] : [], ...usual, ...line }]));
  each.lines = [...each.byNode.values()];
  for (const line of each.lines) {
    line.name ??= nodes[line.node].name;
    line.title ??= line.name;
    line.label ??= `∂${each.lines.at(-1).name ?? nodes.at(-1).name}/∂${line.name}`;
  }
  for (const line of each.lines) {
    line.links = line.links.map(link => ({ back: true, ...link, tail: each.byNode.get(link.tail), head: line }));
  }
  each.links = each.lines.flatMap(line => line.links);
  for (const { tail, head, back } of each.links) if (back && tail.between) tail.backward = [
    [`${head.label} · ∂${head.name}/∂${tail.name}`], ...tail.between,
    [["gradient", head.node, 1], " · ", ["slope", [head.node, head.links.findIndex(link => link.tail === tail)], 2]]];
  each.cards = each.cards.map((card, i) => typeof card === "number" ? { id: `n${i}`, lines: [card] } : card);
  for (const card of each.cards) {
    card.lines = card.lines.map(k => each.byNode.get(k));
    card.rows = card.rows?.map(([k, ...rest]) => [each.byNode.get(k), ...rest]);
    card.key = card.lines.map(line => line.node).join();
  }
  each.again = each.arrows.filter(arrow => arrow.again).map( // leaves at a later use: all else is as where they stand first
    arrow => Object.assign(Object.create(each.cards[arrow.ends[0]]), arrow.again, { use: arrow.use }));
  each.forwards = each.steps.filter(([phase]) => phase === "forward").length;
  see(each);
  cards.forEach(attend);
  drawn().forEach(dress);
  arrows.forEach(lead);
  fade(each);
}

function see(each) { // from now on
  view = each;
  ({ lines, links, cards, again, arrows, steps, forwards } = view);
  leaves = lines.filter(isLeaf);
}
