// The board: what stands behind a number, as lines with the numbers in them; and the operations of one sample in order.
const WINDOW = 4; // lines before and behind the current one
let opened = null, pinned = null, operation = 0; // { node } or { link }, with bias: true; a point; how many lines are done

function focused() { // the point whose numbers are shown: one that was chosen, or the clock's
  const { set, index } = pinned ?? { set: "train", index: play.clock.sample }, point = play[set][index];
  return { set, index, point: point ?? { x: 0, y: 0, label: 0 } };
}

function trace() { // both passes of this point with the weights as they stand; nothing is changed
  const { net } = play, { point } = focused(), kept = net.memory.slice(), rate = pinned ? 0 : play.clock.settings.dropout;
  if (rate) net.drop(rate, play.clock.place); // as the next sample does; a point of one's own loses nothing
  else net.keep = null;
  net.forward(play.inputs.map(name => INPUTS[name].of(point.x, point.y)), 0);
  const before = { dw: net.dw.slice(), db: net.db.slice(), count: net.memory[0] };
  net.gradients.fill(0);
  net.backward(point.label);
  net.hand(1, 0);
  const own = { dw: net.dw.slice(), db: net.db.slice() };
  net.memory.set(kept);
  const outputs = net.a.slice(net.first.at(-2)), loss = net.loss.value(point.label, ...outputs);
  const chances = net.loss.chances?.(...outputs);
  return { z: net.z.slice(), a: net.a.slice(), up: net.up.slice(), delta: net.delta.slice(), before, own, loss, chances, point };
}

function describe({ point, set, index }) { // a point in words
  const where = `${set === "train" ? "training" : "test"} point ${index + 1} of ${play[set].length}`;
  const numbers = play.inputs.map(name => chain([LABELS[name], given(INPUTS[name].of(point.x, point.y))]));
  const name = play.state.own?.names?.[play.classes.indexOf(point.label)], y = chain(["y", given(point.label)]);
  return { where, numbers: [...numbers, name ? `${y} (${name})` : y].join(", ") };
}

function linesOf(target, t) { // what stands behind a neuron, a link, a bias, the loss or a point
  if (target?.link !== undefined) return [weightLine(target.link, t), ...updateLines(target, t)];
  if (target?.bias) return [biasLine(target.node, t), ...updateLines(target, t)];
  const out = play.net.nodes - 1, both = node => {
    const [sum, up, own] = [sumLine(node, t), upLine(node, t), isLinear(node) ? [] : [activationLine(node, t), deltaLine(node, t)]];
    return [[sum, ...own.slice(0, 1)], [up, ...own.slice(1)]];
  };
  if (target?.node !== undefined) return [...both(target.node).flat(), biasLine(target.node, t)];
  if (t.chances) return [...t.chances.map((_, k) => chanceLine(k, t)), lossLine(t)];
  const [ahead, back] = both(out);
  return [...ahead, lossLine(t), ...back];
}

function titleOf(target) {
  if (target?.loss) return "Loss L";
  if (!target) return pinned ? "Point" : "Sample";
  return target.link !== undefined ? `Weight ${weightName(target.link)}` : target.bias ? `Bias ${biasName(target.node)}` : `Neuron ${nameOf(target.node)}`;
}

function showBoard() {
  const t = trace(), about = describe(focused());
  typeset(find("about"), `${titleOf(opened)}: ${about.where}`);
  find("follow").hidden = !pinned && !opened;
  find("lines").replaceChildren(maths("p", about.numbers), ...linesOf(opened, t).map(text => maths("p", text)));
  showFields();
  showAverages();
  find("listing").hidden = find("graph").hidden = running;
  if (running) return;
  const all = operations(t);
  showListing(all);
  showGraph(t, all, about.numbers);
}

function showListing(all) { // lines around the current one
  const from = Math.max(0, Math.min(operation - WINDOW, all.length - 2 * WINDOW - 1)), list = find("listing");
  list.start = from + 1;
  list.replaceChildren(...all.slice(from, from + 2 * WINDOW + 1).map(({ text, back }, i) => {
    const done = from + i < operation, item = maths("li", done ? text() : `${text().split(RECORD)[0]} = …`);
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
  return target?.node !== undefined ? [{ node: target.node, bias: true }, ...incoming(target.node).map(([link]) => ({ link }))] : [];
}

function showFields() {
  const box = find("fields"), wanted = fieldsOf(opened), key = JSON.stringify(wanted);
  if (box.dataset.key !== key) {
    box.dataset.key = key;
    box.replaceChildren(...wanted.map(parameterField));
  }
  for (const each of box.querySelectorAll("input")) if (each !== document.activeElement) each.value = Number(valueOf(JSON.parse(each.dataset.target)).toPrecision(digits));
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
  const field = element("input", ""), name = cardName(target), opener = maths("button", name);
  Object.assign(field, { type: "number", step: "any", id: "field-" + (target.link ?? `b${target.node}`) });
  field.setAttribute("aria-label", name);
  opener.title = `What stands behind ${name}`;
  opener.addEventListener("click", () => inspect(target));
  field.dataset.target = JSON.stringify(target);
  field.addEventListener("input", () => edit(target, field));
  return element("div", "", opener, field);
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

const namesOf = target => target?.link !== undefined ? [weightName(target.link)] : target?.bias ? [biasName(target.node)]
  : target?.node !== undefined ? [nameOf(target.node, "z"), nameOf(target.node)] : ["L"];

function inspect(target) {
  opened = target;
  if (target || pinned) openGraph(namesOf(target));
  wake();
}
