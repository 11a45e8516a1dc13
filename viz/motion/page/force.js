// What if: an inner node is given another value, or another gradient, and all that follows is calculated from it.
const isForced = line => nodes[line.node].forced !== undefined || nodes[line.node].pushed !== undefined;

function wish(line, key, name, calculated) { // a field; empty, it leaves the number as it is calculated
  const field = element("input", ""), label = maths("label", `What if ${name} were`), node = nodes[line.node];
  Object.assign(field, { id: `wish-${key}`, inputMode: "decimal", size: 8, autocomplete: "off" });
  field.value = node[key] ?? "";
  field.placeholder = figure(calculated);
  label.htmlFor = field.id;
  field.addEventListener("change", () => {
    const x = parsed(field.value);
    node[key] = Number.isFinite(x) ? x : undefined;
    changed();
  });
  return element("div", "", label, field);
}

function wishes(card) { // of a card with one result
  const { line } = card, node = nodes[line.node];
  if (card.rows || isLeaf(line)) return [];
  const ahead = isKnown(card) ? [wish(line, "forced", line.name, node.calculated)] : [];
  return isDone(card) && line.learned ? [...ahead, wish(line, "pushed", line.label, node.arrived)] : ahead;
}

function forcings() { // what is forced, in words
  return lines.filter(isForced).flatMap(line => {
    const { forced, pushed, calculated, arrived } = nodes[line.node];
    const told = (name, x, before) => x === undefined ? [] : [`${name} is forced to ${figure(x)} (calculated: ${figure(before)})`];
    return [...told(line.name, forced, calculated), ...told(line.label, pushed, arrived)];
  });
}

function changed() { // a number that the reader gave
  begin(quiz);
  calculate();
  tell("forced", forcings().join(", "));
  find("reset").hidden = !forcings().length;
  show();
}

find("reset").addEventListener("click", () => {
  for (const z of nodes) z.forced = z.pushed = undefined;
  changed();
});
