// The computation graph of the surface at the chosen optimiser's point: values from left to right, or where the window
// is too narrow from top to bottom; gradients go back.
const HIGH = 92, ROOM = 26, BETWEEN = 64, LETTER = 11.6, BELOW = 40, EM = 22; // EM: units of an em of the page

function cardTexts(calculation) { // of each node its equation, its value and its gradient
  let count = 0;
  const names = state.nodes.map((node, i) => node.name ?? (i === state.nodes.length - 1 ? "f" : `t${String(++count).replace(/\d/g, d => "₀₁₂₃₄₅₆₇₈₉"[d])}`));
  return state.nodes.map((node, i) => {
    const label = names[i], gradient = calculation.gradients[i];
    const value = numeral(calculation.z[i]), title = node.op ? `${label} = ${filled(node, names)}` : label;
    return [title, value.text, `∂f/∂${label} ${gradient === undefined ? "—" : chain(["", numeral(gradient)]).trim()}`];
  });
}

function filled(node, names) { // the row's own notation with its operands' names
  const { template } = Object.values(content.functions).find(({ row }) => row === node.op), { operands } = rows[node.op];
  const texts = Object.fromEntries(operands.map((name, i) => [name, typeof node.of[i] === "number" ? bracketed(node, i) : names[node.of[i].i]]));
  return template.replace(/[\p{L}_]+/gu, word => Object.hasOwn(texts, word) ? texts[word] : word).replace(/\^\(?(−?\d+)\)?$/, (_, power) => raised(power));
}

function bracketed(node, i) {
  const { text } = numeral(node.of[i], true);
  return text.startsWith("−") && i > 0 ? `(${text})` : text;
}

function ranked() { // columns: a node stands right of all its operands, which stand as near as they can
  const rank = [], nodes = state.nodes;
  nodes.forEach((node, i) => rank[i] = Math.max(-1, ...node.of.map(x => typeof x === "number" ? -1 : rank[x.i])) + 1);
  for (let i = nodes.length - 2; i > 1; i--) {
    const uses = nodes.flatMap((node, k) => node.of.some(x => x.i === i) ? [rank[k]] : []);
    if (uses.length) rank[i] = Math.min(...uses) - 1;
  }
  const columns = [];
  rank.forEach((r, i) => (columns[r] ??= []).push(i));
  return columns.filter(Boolean);
}

function ordered(columns) { // each column by the middle of its neighbours, back and forth
  const at = [], middle = (own, i) => own.length ? own.reduce((sum, k) => sum + at[k], 0) / own.length : at[i];
  columns.forEach(column => column.forEach((i, k) => at[i] = k - column.length / 2));
  const before = i => state.nodes[i].of.flatMap(x => typeof x === "number" ? [] : [x.i]);
  const after = i => state.nodes.flatMap((node, k) => node.of.some(x => x.i === i) ? [k] : []);
  const sort = (column, of) => {
    const keys = new Map(column.map(i => [i, middle(of(i), i)]));
    column.sort((a, b) => keys.get(a) - keys.get(b)).forEach((i, k) => at[i] = k - column.length / 2);
  };
  for (let round = 0; round < 4; round++) {
    columns.forEach(column => sort(column, before));
    columns.toReversed().forEach(column => sort(column, after));
  }
  columns.forEach(column => sort(column, before));
}

function picture() {
  const walker = state.walkers[state.chosen], now = walker.way.states[reached(walker.way)];
  const calculation = calculated(state.nodes, ...now.p), texts = cardTexts(calculation), columns = ranked();
  ordered(columns);
  const em = parseFloat(getComputedStyle(document.body).fontSize), room = find("paper").clientWidth / em * EM;
  const wide = texts.map(own => Math.max(...own.map(text => [...text].length)) * LETTER + 24);
  let { boxes, width, height, across } = sideways(columns, wide);
  if (width > room) ({ boxes, width, height, across } = downwards(columns, wide, room));
  const arrows = state.nodes.flatMap((node, i) => node.of.flatMap(operand => typeof operand === "number" ? [] : [link(boxes[operand.i], boxes[i], across)]));
  const svg = find("graph");
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.style.width = `${width / EM}em`;
  svg.replaceChildren(...arrows, ...texts.map((own, i) => card(own, boxes[i], i)));
  find("where").textContent = `${walker.name} at ${content.names.map((name, i) => chain([name, numeral(now.p[i])])).join(", ")}`;
}

function sideways(columns, wide) { // a column below another's right side
  const height = Math.max(...columns.map(column => column.length)) * (HIGH + ROOM), boxes = [];
  let x = 4;
  for (const column of columns) {
    const most = Math.max(...column.map(i => wide[i]));
    column.forEach((i, k) => boxes[i] = { x, y: (k + 0.5 - column.length / 2) * (HIGH + ROOM) + height / 2 - HIGH / 2 + 2, wide: most });
    x += most + BETWEEN;
  }
  return { boxes, width: x - BETWEEN + 4, height: height + 4, across: true };
}

function downwards(columns, wide, room) { // a column as a line, or as many as it takes
  const lines = columns.flatMap(column => broken(column, wide, room)), boxes = [];
  const long = line => line.reduce((sum, i) => sum + wide[i] + ROOM, -ROOM), width = Math.max(...lines.map(long)) + 8;
  lines.forEach((line, k) => {
    let x = (width - long(line)) / 2;
    for (const i of line) {
      boxes[i] = { x, y: 4 + k * (HIGH + BELOW), wide: wide[i] };
      x += wide[i] + ROOM;
    }
  });
  return { boxes, width, height: lines.length * (HIGH + BELOW) - BELOW + 8, across: false };
}

function broken(column, wide, room) {
  const lines = [[]];
  let left = room - 8;
  for (const i of column) {
    if (lines.at(-1).length && wide[i] > left) {
      lines.push([]);
      left = room - 8;
    }
    lines.at(-1).push(i);
    left -= wide[i] + ROOM;
  }
  return lines;
}

function link(from, to, across) {
  if (across) {
    const [x, y, u, v] = [from.x + from.wide, from.y + HIGH / 2, to.x, to.y + HIGH / 2], middle = (x + u) / 2;
    return drawn("path", { d: `M${x},${y}C${middle},${y} ${middle},${v} ${u},${v}`, class: "link" });
  }
  const [x, y, u, v] = [from.x + from.wide / 2, from.y + HIGH, to.x + to.wide / 2, to.y], middle = (y + v) / 2;
  return drawn("path", { d: `M${x},${y}C${x},${middle} ${u},${middle} ${u},${v}`, class: "link" });
}

function card(texts, { x, y, wide }, i) {
  const role = i < 2 ? "input" : i === state.nodes.length - 1 ? "output" : "operation";
  const words = texts.map((text, k) => {
    const made = drawn("text", { x: x + wide / 2, y: y + 25 + 27 * k, "text-anchor": "middle", class: ["title", "value", "back"][k] });
    made.textContent = text;
    return made;
  });
  return drawn("g", { class: `card ${role}`, role: "listitem", "aria-label": texts.join(", ") }, drawn("rect", { x, y, width: wide, height: HIGH, rx: 9 }), ...words);
}
