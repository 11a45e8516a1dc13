// The board: what stands behind a number, as lines with the numbers in them; and the operations of one sample in order.
const WINDOW = 4, MOST_TERMS = 9; // lines before and behind the current one; terms of a sum
let opened = null, pinned = null, operation = 0; // { node } or { link }, with bias: true; a point; how many lines are done

const bracketed = text => text.startsWith("−") || text.includes("·") ? `(${text})` : text;
const inBrackets = x => { const { text, rounded } = numeral(x); return { text: bracketed(text), rounded }; };
const joinedSides = (parts, separator) => ({ text: parts.map(part => part.text).join(separator), rounded: parts.some(part => part.rounded) });

function focused() { // the point whose numbers are shown: one that was chosen, or the clock's
  const { set, index } = pinned ?? { set: "train", index: play.clock.sample }, point = play[set][index];
  return { set, index, point: point ?? { x: 0, y: 0, label: 0 } };
}

function trace() { // both passes of this point with the weights as they stand; nothing is changed
  const { net } = play, { point } = focused(), kept = net.memory.slice();
  net.forward(play.inputs.map(name => INPUTS[name].of(point.x, point.y)), 0);
  const before = { dw: net.dw.slice(), db: net.db.slice(), count: net.memory[0] };
  net.gradients.fill(0);
  net.backward(point.label);
  const own = { dw: net.dw.slice(), db: net.db.slice() };
  net.memory.set(kept);
  const outputs = net.a.slice(net.first.at(-2)), loss = net.loss.value(point.label, ...outputs);
  const chances = net.loss.chances?.(...outputs);
  return { z: net.z.slice(), a: net.a.slice(), up: net.up.slice(), delta: net.delta.slice(), before, own, loss, chances, point };
}

const partial = name => `∂L/∂${name}`;
const incoming = node => { // its links, and the neurons that they come from
  const { first, base, sizes } = play.net, [l, j] = layerOf(node);
  return Array.from({ length: sizes[l - 1] }, (_, i) => [base[l] + j * sizes[l - 1] + i, first[l - 1] + i]);
};
const outgoing = node => {
  const { first, base, sizes } = play.net, [l, k] = layerOf(node);
  return Array.from({ length: sizes[l + 1] ?? 0 }, (_, j) => [base[l + 1] + j * sizes[l] + k, first[l + 1] + j]);
};
const shortened = terms => terms.length <= MOST_TERMS ? terms : [...terms.slice(0, MOST_TERMS - 2), { text: "…" }, terms.at(-1)];

function sumLine(node, t) { // z = b + Σ wᵢ · xᵢ
  const { w, b } = play.net, ways = incoming(node);
  const words = [{ text: biasName(node) }, ...ways.map(([k, x]) => ({ text: `${weightName(k)} · ${nameOf(x)}` }))];
  const numbers = [numeral(b[node], true, digits), ...ways.map(([k, x]) => joinedSides([inBrackets(w[k]), inBrackets(t.a[x])], " · "))];
  return chain([nameOf(node, "z"), joinedSides(shortened(words), " + "), joinedSides(shortened(numbers), " + "), numeral(t.z[node])]);
}

function filled(formula, numbers) { // a formula of z and a with names or numbers in their places
  let rounded = false;
  const text = formula.replace(/(?<!\p{L})[za](?!\p{L})/gu, (name, at) => {
    const put = typeof numbers[name] === "string" ? { text: numbers[name] } : numeral(numbers[name]);
    rounded ||= Boolean(put.rounded);
    const alone = /[(|]$/.test(formula.slice(0, at)) && /^[)|,]/.test(formula.slice(at + 1));
    return alone || formula === name ? put.text : bracketed(put.text);
  });
  return { text, rounded };
}

function activationLine(node, t) { // a = f(z)
  const kind = play.net.kinds[layerOf(node)[0] - 1], number = filled(kind.formula, { z: t.z[node] });
  return chain([nameOf(node), filled(kind.formula, { z: nameOf(node, "z") }), number, numeral(t.a[node])]);
}

const chanceName = k => `p${low(k + 1)}`;

function chanceLines(t) { // the softmax of several outputs
  const first = play.net.first.at(-2), names = t.chances.map((_, k) => nameOf(first + k)).join(", ");
  return t.chances.map((p, k) => chain([chanceName(k), `softmax(${names})${low(k + 1)}`, numeral(p)]));
}

function lossLine(t) { // L = ½(a − y)², or −log p of the right class
  const out = play.net.nodes - 1, { label } = t.point;
  if (t.chances) {
    const p = numeral(t.chances[label]);
    return chain(["L", `−log ${chanceName(label)}`, { ...p, text: `−log ${bracketed(p.text)}` }, numeral(t.loss)]);
  }
  const a = numeral(t.a[out]), y = inBrackets(t.point.label);
  return chain(["L", `½ · (${nameOf(out)} − y)²`, { text: `½ · (${a.text} − ${y.text})²`, rounded: a.rounded || y.rounded }, numeral(t.loss)]);
}

function upLine(node, t) { // ∂L/∂a: of the output a − y, of others what the next layer hands back
  const { w } = play.net, ways = outgoing(node), name = partial(nameOf(node));
  if (!ways.length && t.chances) {
    const k = layerOf(node)[1], right = Number(k === t.point.label), p = numeral(t.chances[k]);
    return chain([name, `${chanceName(k)} − ${right}`, { ...p, text: `${p.text} − ${right}` }, numeral(t.up[node])]);
  }
  if (!ways.length) {
    const a = numeral(t.a[node]), y = inBrackets(t.point.label);
    return chain([name, `${nameOf(node)} − y`, { text: `${a.text} − ${y.text}`, rounded: a.rounded || y.rounded }, numeral(t.up[node])]);
  }
  const words = ways.map(([k, z]) => ({ text: `${weightName(k)} · ${nameOf(z, "δ")}` }));
  const numbers = ways.map(([k, z]) => joinedSides([inBrackets(w[k]), inBrackets(t.delta[z])], " · "));
  return chain([name, joinedSides(shortened(words), " + "), joinedSides(shortened(numbers), " + "), numeral(t.up[node])]);
}

function deltaLine(node, t) { // δ = ∂L/∂z = ∂L/∂a · f′(z)
  const kind = play.net.kinds[layerOf(node)[0] - 1], names = { z: nameOf(node, "z"), a: nameOf(node) };
  const slope = kind.slope(t.z[node], t.a[node]), numbers = filled(kind.derivative, { z: t.z[node], a: t.a[node] });
  const known = !kind.derivative.includes("f′"), simple = /^[\p{L}[(\d][^ ]*$/u.test(kind.derivative);
  const around = side => simple ? side : { ...side, text: `(${side.text})` };
  const up = inBrackets(t.up[node]);
  const sides = [...(known ? [joinedSides([up, around(numbers)], " · ")] : []), joinedSides([up, inBrackets(slope)], " · ")];
  const words = known ? around(filled(kind.derivative, names)).text : `f′(${names.z})`;
  return chain([nameOf(node, "δ"), partial(names.z), `${partial(names.a)} · ${words}`, ...sides, numeral(t.delta[node])]);
}

function weightLine(k, t) { // ∂L/∂w = δ · a
  const { from, to } = linkOf(k), numbers = joinedSides([inBrackets(t.delta[to]), inBrackets(t.a[from])], " · ");
  return chain([partial(weightName(k)), `${nameOf(to, "δ")} · ${nameOf(from)}`, numbers, numeral(t.own.dw[k])]);
}

const biasLine = (node, t) => chain([partial(biasName(node)), nameOf(node, "δ"), numeral(t.own.db[node])]);

function sumOf(which, at, t) { // Σ over the batch so far, this sample with it if it is the clock's
  return { sum: t.before[which][at] + (pinned ? 0 : t.own[which][at]), count: t.before.count + (pinned ? 0 : 1) };
}

function updateLines(target, t) { // w ← w − (η/n) Σ ∂L/∂w, and the penalty's step
  const { net } = play, isBias = target.link === undefined, at = isBias ? target.node : target.link;
  const name = isBias ? biasName(at) : weightName(at), { sum, count } = sumOf(isBias ? "db" : "dw", at, t);
  if (!isBias && net.dead[at]) return [`${name} = 0: L1 has killed this link, it stays 0.`];
  const total = chain([`Σ ${partial(name)}`, numeral(sum)]), said = `${total} over ${count} ${count === 1 ? "sample" : "samples"} of this batch`;
  if (!count) return [said];
  if (net.rule) return [said, `${name}: ${net.rule.formula.slice(0, -1)}, with g = Σ/n and the averages as they stand`];
  const x = isBias ? net.b[at] : net.w[at], rate = play.clock.settings.learningRate, to = isBias ? x - rate * sum / count : x - rate / count * sum;
  return [said, descentLine(name, { x, rate, sum, count, to }), ...(isBias ? [] : penaltyLines(name, x, to))];
}

function descentLine(name, { x, rate, sum, count, to }) {
  const step = joinedSides([{ text: `${numeral(rate, true).text}/${count}` }, inBrackets(sum)], " · ");
  const sides = [`${name} − η/n · Σ ${partial(name)}`, joinedSides([numeral(x, true, digits), step], " − "), numeral(to)];
  return `${name} ← ${chain(sides)}`;
}

function penaltyLines(name, x, to) { // its slope is that at the old weight, its step changes the new one
  const { learningRate: rate, regularizationRate: share, regularization, penalty } = play.clock.settings;
  if (!penalty) return [];
  const slope = penalty.slope(x), end = to - rate * share * slope, factors = [rate, share].map(number => numeral(number, true).text).join(" · ");
  const numbers = joinedSides([numeral(to), joinedSides([{ text: factors }, inBrackets(slope)], " · ")], " − ");
  const told = chain([`${name} − η · λ · ∂${regularization}/∂${name}`, numbers, numeral(end)]);
  return [`${name} ← ${told}${penalty.kills && to * end < 0 ? ", which crosses 0: the link dies" : ""}`];
}

const isBatchEnd = () => !pinned && play.clock.isUpdated(play.clock.sample + 1);

function operations(t) { // of this sample, in the order in which they are carried out
  const { net } = play, list = [], neurons = Array.from({ length: net.nodes - net.sizes[0] }, (_, i) => net.sizes[0] + i);
  for (const node of neurons) list.push({ text: () => sumLine(node, t) }, { text: () => activationLine(node, t) });
  for (const text of t.chances ? chanceLines(t) : []) list.push({ text: () => text });
  list.push({ text: () => lossLine(t) });
  for (let l = net.sizes.length - 1; l > 0; l--) {
    const layer = neurons.filter(node => layerOf(node)[0] === l), ways = layer.flatMap(node => incoming(node).map(([k]) => k));
    for (const node of layer) list.push({ back: true, text: () => upLine(node, t) }, { back: true, text: () => deltaLine(node, t) });
    for (const node of layer) list.push({ back: true, text: () => biasLine(node, t) });
    for (const k of ways) list.push({ back: true, text: () => weightLine(k, t) });
  }
  if (!isBatchEnd()) return list;
  for (const node of neurons) for (const target of [{ node }, ...incoming(node).map(([link]) => ({ link }))]) {
    const several = updateLines(target, t).length > 2 ? [1, 2] : [-1]; // behind the sum
    for (const i of several) list.push({ back: true, text: () => updateLines(target, t).at(i) });
  }
  return list;
}

function given({ point, set, index }) { // a point in words
  const where = `${set === "train" ? "training" : "test"} point ${index + 1} of ${play[set].length}`;
  const numbers = play.inputs.map(name => chain([LABELS[name], numeral(INPUTS[name].of(point.x, point.y))]));
  const name = play.state.own?.names?.[play.classes.indexOf(point.label)], y = chain(["y", numeral(point.label)]);
  return { where, numbers: [...numbers, name ? `${y} (${name})` : y].join(", ") };
}

function linesOf(target, t) { // what stands behind a neuron, a link, a bias or a point
  if (target?.link !== undefined) return [weightLine(target.link, t), ...updateLines(target, t)];
  if (target?.bias) return [biasLine(target.node, t), ...updateLines(target, t)];
  if (target) return [sumLine(target.node, t), activationLine(target.node, t), upLine(target.node, t), deltaLine(target.node, t), biasLine(target.node, t)];
  const out = play.net.nodes - 1;
  if (t.chances) return [...chanceLines(t), lossLine(t)];
  return [sumLine(out, t), activationLine(out, t), lossLine(t), upLine(out, t), deltaLine(out, t)];
}

function titleOf(target) {
  if (!target) return pinned ? "Point" : "Sample";
  return target.link !== undefined ? `Weight ${weightName(target.link)}` : target.bias ? `Bias ${biasName(target.node)}` : `Neuron ${nameOf(target.node)}`;
}

function showBoard() {
  const t = trace(), about = given(focused());
  typeset(find("about"), `${titleOf(opened)}: ${about.where}`);
  find("follow").hidden = !pinned && !opened;
  find("lines").replaceChildren(maths("p", about.numbers), ...linesOf(opened, t).map(text => maths("p", text)));
  showFields();
  showAverages();
  showListing(t);
}

function showListing(t) { // lines around the current one
  const all = operations(t), from = Math.max(0, Math.min(operation - WINDOW, all.length - 2 * WINDOW - 1)), list = find("listing");
  list.hidden = Boolean(pinned) || running;
  if (list.hidden) return;
  list.start = from + 1;
  list.replaceChildren(...all.slice(from, from + 2 * WINDOW + 1).map(({ text, back }, i) => {
    const done = from + i < operation, item = maths("li", done ? text() : `${text().split(/\s[=←]\s/)[0]} = …`);
    item.className = done ? from + i === operation - 1 ? "current" : "done" : "later";
    item.classList.toggle("back", Boolean(back));
    if (from + i === operation - 1) item.setAttribute("aria-current", "step");
    item.value = from + i + 1;
    return item;
  }));
}

function fieldsOf(target) { // the parameters that can be changed here
  if (target?.link !== undefined) return [target];
  if (target?.bias) return [target];
  return target ? [{ node: target.node, bias: true }, ...incoming(target.node).map(([link]) => ({ link }))] : [];
}

function showFields() {
  const box = find("fields"), wanted = fieldsOf(opened), key = JSON.stringify(wanted);
  if (box.dataset.key !== key) {
    box.dataset.key = key;
    box.replaceChildren(...wanted.map(parameterField));
  }
  for (const each of box.querySelectorAll("input")) if (each !== document.activeElement) each.value = valueOf(JSON.parse(each.dataset.target));
}

function showAverages() { // what an optimiser remembers of the parameters that are open, as a table
  const { net } = play, names = Object.keys(net.rule?.slots ?? {}), wanted = fieldsOf(opened), table = find("averages");
  table.hidden = !names.length || !wanted.length;
  if (table.hidden) return;
  const at = ({ link, node }) => link === undefined ? net.links + node : link;
  const head = element("tr", "", ...["", "now", ...names].map(name => maths("th", name)));
  const rows = wanted.map(target => element("tr", "", maths("th", cardName(target)), element("td", numeral(valueOf(target)).text),
    ...Object.values(net.slots).map(slot => element("td", numeral(slot[at(target)]).text))));
  table.replaceChildren(head, ...rows);
}

const valueOf = ({ link, node }) => link === undefined ? play.net.b[node] : play.net.w[link];

function parameterField(target) {
  const field = element("input", ""), label = maths("label", target.link === undefined ? biasName(target.node) : weightName(target.link));
  Object.assign(field, { type: "number", step: "any", id: "field-" + (target.link ?? `b${target.node}`) });
  label.htmlFor = field.id;
  field.dataset.target = JSON.stringify(target);
  field.addEventListener("input", () => edit(target, field));
  return element("div", "", label, field);
}

function edit(target, field) { // a weight or a bias, also while it trains
  const x = parsed(field.value), fits = Number.isFinite(x);
  field.setAttribute("aria-invalid", !fits);
  if (!fits) return;
  if (target.link === undefined) play.net.b[target.node] = x;
  else play.net.w[target.link] = x;
  play.clock.mark();
  operation = 0;
  wake();
}

const parsed = text => text.trim() ? Number(text.trim().replaceAll("−", "-").replace(",", ".")) : NaN;

function inspect(target) {
  opened = target;
  wake();
}
