// The sample's graph: a card for each input, neuron and the loss, with what both passes have computed so far.
const CARD = { width: 14.6, row: 1.5, edge: 0.7, gap: [4.6, 9], between: 0.9 }; // em; the gap's least and most
const BRIEF = 4; // digits on a card
let laid = { key: "" }, isClosed = false; // the cards and wires that are drawn; whether the reader has closed the graph

function cardsOf(t) { // each with its layer, its rows [name, value, gradient] and what opens with it
  const { net } = play, last = net.sizes.length, out = net.nodes - 1;
  const made = Array.from({ length: net.nodes }, (_, node) => {
    const [layer] = layerOf(node), own = [[nameOf(node), t.a[node], t.up[node]]];
    if (!layer) return { layer, rows: own, isGiven: true };
    const sum = isLinear(node) ? [] : [[nameOf(node, "z"), t.z[node], t.delta[node]]];
    return { layer, target: { node }, rows: [...sum, ...own, [biasName(node), net.b[node], t.own.db[node]]] };
  });
  const chances = (t.chances ?? []).map((p, k) => [chanceName(k), p]), label = ["y", t.point.label, t.chances ? undefined : -t.up[out]];
  return [...made, { layer: last, target: { loss: true }, rows: [...chances, ["L", t.loss, 1], label] }];
}

function layGraph(cards) { // cards in columns, wires between them
  const box = find("cards"), unit = parseFloat(getComputedStyle(box).fontSize), columns = play.net.sizes.length + 1;
  const height = ({ rows }) => rows.length * CARD.row + CARD.edge, room = (find("graph").clientWidth / unit - columns * CARD.width) / (columns - 1);
  const gap = Math.max(CARD.gap[0], Math.min(CARD.gap[1], room - 0.5));
  const all = Array.from({ length: columns }, (_, layer) => cards.filter(card => card.layer === layer));
  const heights = all.map(column => column.reduce((sum, card) => sum + height(card) + CARD.between, -CARD.between)), most = Math.max(...heights);
  all.forEach((column, layer) => {
    let y = (most - heights[layer]) / 2;
    for (const card of column) {
      Object.assign(card, { x: layer * (CARD.width + gap), y, height: height(card) });
      y += card.height + CARD.between;
    }
  });
  const width = columns * CARD.width + (columns - 1) * gap, wires = wiresOf(cards), svg = drawn("svg", { viewBox: `0 0 ${width} ${most}`, "aria-hidden": true });
  Object.assign(svg.style, { width: `${width}em`, height: `${most}em` });
  svg.append(...wires.flatMap(({ line, hit, text }) => [line, hit, text]));
  for (const card of cards) card.button = cardButton(card);
  box.replaceChildren(svg, ...cards.map(({ button }) => button));
  box.style.height = `${most}em`;
  return { cards, wires };
}

function wiresOf(cards) { // of each link, and of what the loss sees
  const { net } = play, outs = Array.from({ length: net.nodes - net.first.at(-2) }, (_, k) => net.first.at(-2) + k);
  const ends = [...Array.from({ length: net.links }, (_, k) => linkOf(k)), ...outs.map(from => ({ from, to: net.nodes }))];
  return ends.map(({ from, to }, k) => {
    const [a, b] = [cards[from], cards[to]], x0 = a.x + CARD.width, y0 = a.y + a.height / 2, x1 = b.x, y1 = b.y + b.height / 2, middle = (x0 + x1) / 2;
    const d = `M${x0},${y0}C${middle},${y0} ${middle},${y1} ${x1},${y1}`, isLink = k < net.links;
    const wire = { from, to, k, isLink, line: drawn("path", { d }), hit: drawn("path", { d, class: "hit" }), text: drawn("text", { x: middle, y: (y0 + y1) / 2 + 0.3 }) };
    if (isLink) cardFor(wire.hit, () => ({ link: k }));
    return wire;
  });
}

function cardButton(card) {
  const button = element("button", "", ...card.rows.map(([name]) => element("span", "", maths("span", name), element("b", ""), element("em", ""))));
  button.type = "button";
  Object.assign(button.style, { left: `${card.x}em`, top: `${card.y}em`, width: `${CARD.width}em`, height: `${card.height}em` });
  button.addEventListener("click", () => {
    runTo(card.rows.map(([name]) => name));
    opened = card.target ?? opened;
    wake();
  });
  return button;
}

function showGraph(t, all, numbers) { // as it stands behind the current operation
  if (!find("graph").open) return;
  const cards = cardsOf(t), key = JSON.stringify([play.net.sizes, play.inputs, find("graph").clientWidth, cards.map(({ rows }) => rows.map(([name]) => name))]);
  if (laid.key !== key) laid = { ...layGraph(cards), key };
  const now = all[operation - 1], done = new Set(all.slice(0, operation).map(({ of, back }) => (back ? "∂" : "") + of));
  const text = now ? now.text() : `Given: ${numbers}`, forwards = all.findIndex(({ back }) => back);
  typeset(find("sentence"), text);
  find("progress").textContent = !operation ? "start" : now.back ? `backward ${operation - forwards}/${all.length - forwards}` : `forward ${operation}/${forwards}`;
  for (const [id, isEnd] of [["first", !operation], ["last", operation === all.length]]) find(id).setAttribute("aria-disabled", isEnd);
  laid.cards.forEach((card, i) => dressCard(card, cards[i], done, now));
  for (const wire of laid.wires) dressWire(wire, t, now, done);
  bring(now);
}

function bring(now) { // what this step is of to where it is seen, once a step
  if (laid.now === operation) return;
  laid.now = operation;
  const card = laid.cards[now?.link === undefined ? -1 : linkOf(now.link).to]?.button ?? find("cards").querySelector("button > .current")?.parentNode, box = find("stage");
  if (card) box.scrollLeft = Math.max(Math.min(box.scrollLeft, card.offsetLeft - 8), card.offsetLeft + card.offsetWidth + 16 - box.clientWidth);
}

function dressCard({ button, isGiven }, { rows }, done, now) {
  const said = [], is = name => now?.of === name;
  rows.forEach(([name, value, slope], i) => {
    const [, shown, back] = button.children[i].children, isLeaf = isGiven || name === "y" || name.startsWith("b");
    const [known, reached] = [isLeaf || done.has(name.startsWith("p") ? "L" : name), done.has("∂" + name)];
    shown.textContent = known ? numeral(value, isLeaf, BRIEF).text : "…";
    back.textContent = reached ? numeral(slope, false, BRIEF).text : "";
    button.children[i].className = is(name) ? now.back ? "current back" : "current" : "";
    said.push([known ? `${name} value ${shown.textContent}` : `${name} not computed yet`, ...(reached ? [`gradient ${back.textContent}`] : [])].join(", "));
  });
  button.setAttribute("aria-label", said.join("; "));
}

function dressWire({ from, to, k, isLink, line, text }, t, now, done) { // the number beside a wire is what this step multiplies with
  const { w } = play.net, me = isLink ? weightName(k) : "", [a, z] = [nameOf(from), isLink ? nameOf(to, "z") : "L"];
  const isOwn = Boolean(now?.back && isLink && now.link === k), isNow = isOwn || (now && (now.back ? now.of === a : now.of === z));
  line.setAttribute("stroke", isLink ? colourOf(Math.sign(w[k]) * Math.max(0.3, Math.abs(w[k]))) : "var(--operation-outline)");
  line.setAttribute("stroke-width", isNow ? 0.22 : 0.09);
  line.setAttribute("stroke-dasharray", isLink && w[k] < 0 ? "0.5 0.3" : "none");
  line.setAttribute("class", isNow ? now.back ? "current back" : "current" : done.has("∂" + me) || !isLink ? "" : "later");
  text.setAttribute("class", isOwn ? "back" : "");
  text.textContent = !isNow || !isLink ? "" : numeral(isOwn ? t.own.dw[k] : w[k], false, BRIEF).text;
}

function runTo(names) { // the next operation of one of these, else their last
  const places = operations(trace()).flatMap(({ of }, i) => names.includes(of) ? [i + 1] : []);
  operation = places.find(place => place > operation) ?? places.at(-1) ?? operation;
}

function moveTo(place) {
  operation = place;
  wake();
}

function openGraph(names) { // where something is opened
  if (running) return;
  if (!isClosed) find("graph").open = true;
  runTo(names);
}

find("graph-title").addEventListener("click", () => { isClosed = find("graph").open; });
find("graph").addEventListener("toggle", () => wake());
