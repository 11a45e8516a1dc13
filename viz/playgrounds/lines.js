// What both passes of a sample say, line by line, in the words and numbers of `steps`; and what an update says.
const MOST_TERMS = 8; // of a sum that is written out
const RECORD = /\s[=≈←]\s/; // what a line's name ends at

const bracketed = text => text.startsWith("−") || text.includes("·") ? `(${text})` : text;
const tight = side => ({ ...side, text: bracketed(side.text) });
const signed = side => side.text.startsWith("−") ? tight(side) : side; // in a sum, or at a product's start
const joinedSides = (parts, separator) => ({ text: parts.map(part => part.text).join(separator), rounded: parts.some(part => part.rounded) });
const times = (...parts) => joinedSides(parts.map((part, i) => typeof part === "string" ? { text: part } : (i ? tight : signed)(part)), " · ");
const plus = terms => joinedSides(terms, " + ");
const given = x => numeral(x, true); // a number that nothing here calculates
const partial = (name, of = "L") => `∂${of}/∂${name}`;
const isLinear = node => play.net.kinds[layerOf(node)[0] - 1]?.name === "linear";

const incoming = node => { // its links, and the neurons that they come from
  const { first, base, sizes } = play.net, [l, j] = layerOf(node);
  return Array.from({ length: sizes[l - 1] }, (_, i) => [base[l] + j * sizes[l - 1] + i, first[l - 1] + i]);
};
const outgoing = node => {
  const { first, base, sizes } = play.net, [l, k] = layerOf(node);
  return Array.from({ length: sizes[l + 1] ?? 0 }, (_, j) => [base[l + 1] + j * sizes[l] + k, first[l + 1] + j]);
};

function filled(formula, numbers, names = /(?<!\p{L})[za](?!\p{L})/gu) { // with names or numbers in their places
  let rounded = false;
  const text = formula.replace(names, (name, at) => {
    const put = typeof numbers[name] === "string" ? { text: numbers[name] } : numeral(numbers[name]);
    rounded ||= Boolean(put.rounded);
    const alone = /[(|]$/.test(formula.slice(0, at)) && /^[)|,]/.test(formula.slice(at + name.length));
    return alone || formula === name ? put.text : bracketed(put.text);
  });
  return { text, rounded };
}

function source(node, t) { // what a link brings: its name, and its numbers; of an input a formula of the point
  if (layerOf(node)[0]) return [{ text: nameOf(node) }, numeral(t.a[node])];
  const words = LABELS[play.inputs[node]].replace("x₁x₂", "x₁ · x₂"), { x, y } = t.point;
  return [{ text: words }, filled(words, { "x₁": x, "x₂": y }, /x[₁₂]/g)];
}

const isFormula = node => node < play.inputs.length && !/^[xy]$/.test(play.inputs[node]); // an input that is no coordinate
const isVector = layer => layer > 1 || /^x(,y)?$/.test(play.inputs.join());

function sumLine(node, t) { // z = w·x + b
  const { w, b, first } = play.net, ways = incoming(node), [layer, j] = layerOf(node);
  const inBrackets = ({ text, rounded }) => ({ text: /\s/.test(text) && !/^[^ ]*\(/.test(text) ? `(${text})` : text, rounded });
  const parts = ways.map(([k, x]) => [k, ...source(x, t).map(inBrackets)]);
  const vector = `w[${layer}]${low(j + 1)}·${layer > 1 ? nameOf(first[layer - 1]).replace(/[₀-₉]+$/, "") : "x"}`;
  const words = isVector(layer) ? [vector] : parts.map(([k, x]) => `${weightName(k)} · ${x.text}`);
  const numbers = ways.map(([k, from], i) => joinedSides([signed(given(w[k])), isFormula(from) ? parts[i][2] : tight(parts[i][2])], " · "));
  return chain([nameOf(node, "z"), [...words, biasName(node)].join(" + "), ...(ways.length <= MOST_TERMS ? [plus([...numbers, signed(given(b[node]))])] : []), numeral(t.z[node])]);
}

function activationLine(node, t) { // a = f(z)
  const { formula } = play.net.kinds[layerOf(node)[0] - 1];
  return chain([nameOf(node), filled(formula, { z: nameOf(node, "z") }), filled(formula, { z: t.z[node] }), numeral(t.a[node])]);
}

const chanceName = k => `p${low(k + 1)}`;

function outputs(t) { // their names, and their numbers, with commas
  const nodes = Array.from(t.chances, (_, k) => play.net.first.at(-2) + k);
  return [nodes.map(node => nameOf(node)).join(", "), joinedSides(nodes.map(node => numeral(t.a[node])), ", ")];
}

function chanceLine(k, t) { // the softmax of several outputs
  return chain([chanceName(k), `softmax(${outputs(t)[0]})${low(k + 1)}`, numeral(t.chances[k])]);
}

const missed = t => joinedSides([numeral(t.a.at(-1)), signed(given(t.point.label))], " − ");
const missing = () => `${nameOf(play.net.nodes - 1)} − y`;

function lossLine(t) { // L = 0.5 · (a − y)², or the cross-entropy of classes
  if (!t.chances) return chain(["L", `0.5 · (${missing()})²`, { ...missed(t), text: `0.5 · (${missed(t).text})²` }, numeral(t.loss)]);
  const [names, numbers] = outputs(t), right = t.chances.map((_, k) => Number(k === t.point.label)).join(", ");
  return chain(["L", `cross_entropy([${names}], [${right}])`, { ...numbers, text: `cross_entropy([${numbers.text}], [${right}])` }, numeral(t.loss)]);
}

function upLine(node, t) { // ∂L/∂a: of an output a − y, of others what the next layer hands back
  const { w } = play.net, ways = outgoing(node).reverse(), me = nameOf(node), name = partial(me), total = numeral(t.up[node]);
  if (ways.length > MOST_TERMS) return chain([name, total]);
  if (ways.length) {
    const each = words => plus(ways.map(([k, z]) => times(...words(k, z))));
    return chain([name, each((k, z) => [partial(nameOf(z, "z")), partial(me, nameOf(z, "z"))]), each((k, z) => [partial(nameOf(z, "z")), weightName(k)]),
      each((k, z) => [numeral(t.delta[z]), given(w[k])]), total]);
  }
  if (!t.chances) return chain([name, missing(), missed(t), total]);
  const [names, numbers] = outputs(t), z = numeral(t.a[node]), less = layerOf(node)[1] === t.point.label ? " − 1" : "";
  return chain([name, `exp(${me} − logsumexp(${names}))${less}`, { text: `exp(${z.text} − logsumexp(${numbers.text}))${less}`, rounded: true }, total]);
}

const labelLine = t => chain([partial("y"), `−(${missing()})`, { ...missed(t), text: `−(${missed(t).text})` }, numeral(-t.up.at(-1))]);

function deltaLine(node, t) { // ∂L/∂z = ∂L/∂a · ∂a/∂z
  const { slope, derivative } = play.net.kinds[layerOf(node)[0] - 1], [z, a] = [nameOf(node, "z"), nameOf(node)], up = numeral(t.up[node]);
  const known = !/f′|\[|where|^\d$/.test(derivative), isSum = !/^[\p{L}[(\d][^ ]*$|^[^ ]+( ·|$)/u.test(derivative);
  const number = numeral(slope(t.z[node], t.a[node])), isLong = /f′|where/.test(derivative) && !/^[01]$/.test(number.text);
  const around = side => isSum ? { ...side, text: `(${side.text})` } : side, by = side => joinedSides([signed(up), around(side)], " · ");
  return chain([partial(z), `${partial(a)} · ${partial(z, a)}`, ...(known ? [`${partial(a)} · ${around(filled(derivative, { z, a })).text}`, by(filled(derivative, { z: t.z[node], a: t.a[node] }))] : []),
    ...(isLong ? [joinedSides([{ text: partial(a) }, tight(number)], " · ")] : []), times(up, number), numeral(t.delta[node])]);
}

function weightLine(k, t) { // ∂L/∂w = ∂L/∂z · x
  const { from, to } = linkOf(k), [z, w] = [nameOf(to, "z"), weightName(k)], [words, filled] = source(from, t), delta = numeral(t.delta[to]);
  const put = isFormula(from) ? joinedSides([signed(delta), filled], " · ") : times(delta, filled);
  return chain([partial(w), `${partial(z)} · ${partial(w, z)}`, `${partial(z)} · ${words.text}`, put, times(delta, numeral(t.a[from])), numeral(t.own.dw[k])]);
}

function biasLine(node, t) {
  const [z, b] = [nameOf(node, "z"), biasName(node)], delta = numeral(t.delta[node]);
  return chain([partial(b), `${partial(z)} · ${partial(b, z)}`, times(delta, "1"), numeral(t.own.db[node])]);
}

// ── an update ────────────────────────────────────────────────────────────────────────────────────

const isBatchEnd = () => !pinned && play.clock.isUpdated(play.clock.sample + 1);

function updateLines(target, t) { // Σ ∂L/∂w over the batch so far, this sample with it if it is the clock's; what follows from it
  const { net } = play, isBias = target.link === undefined, at = isBias ? target.node : target.link, own = Number(!pinned);
  const name = isBias ? biasName(at) : weightName(at), part = isBias ? "db" : "dw", count = t.before.count + own;
  if (!isBias && net.dead[at]) return [`${name} is dead: L1 took it through 0, and it stays 0`];
  const sum = t.before[part][at] + own * t.own[part][at];
  const said = chain([`Σ ${partial(name)} over n = ${count} ${count === 1 ? "sample" : "samples"}${isBatchEnd() ? "" : " so far"}`, numeral(sum)]);
  if (!count) return [said];
  return [said, net.rule ? `${name} ← ${net.rule.formula.slice(0, -1)}, with g = Σ/n and the averages as they stand` : descentLine(name, isBias ? net.b[at] : net.w[at], sum, count, isBias)];
}

function descentLine(name, x, sum, count, isBias) { // the penalty's slope is that at the old weight, its step changes the new one
  const { learningRate: rate, regularizationRate: share, regularization, penalty } = play.clock.settings, tail = isBias || !penalty;
  const moved = isBias ? x - rate * sum / count : x - rate / count * sum, slope = tail ? 0 : penalty.slope(x), end = tail ? moved : moved - rate * share * slope;
  const step = times({ text: `(${given(rate).text}/${count})` , rounded: true }, numeral(sum)), pull = times(given(rate), given(share), given(slope));
  step.text = step.text.replace("((", "(").replace("))", ")");
  const words = `${name} − (η/n) · Σ` + (tail ? "" : ` − η · λ · ${regularization === "L1" ? "sign " : ""}${name}`);
  const told = chain([words, joinedSides([given(x), step, ...(tail ? [] : [pull])], " − "), numeral(end)]);
  return `${name} ← ${told}${!tail && penalty.kills && moved * end < 0 ? ", which crosses 0: the link dies" : ""}`;
}

// ── both passes ──────────────────────────────────────────────────────────────────────────────────

function operations(t) { // of this sample, in the order of `steps`: what each is of, and its line
  const { net } = play, neurons = Array.from({ length: net.nodes - net.sizes[0] }, (_, i) => net.sizes[0] + i), list = [];
  const ahead = (of, text) => list.push({ of, text }), back = (of, text, more) => list.push({ of, text, back: true, ...more });
  for (const node of neurons) {
    ahead(nameOf(node, "z"), () => sumLine(node, t));
    if (!isLinear(node)) ahead(nameOf(node), () => activationLine(node, t));
  }
  ahead("L", () => lossLine(t));
  back("L", () => "∂L/∂L = 1");
  for (const node of neurons.toReversed()) {
    back(nameOf(node), () => upLine(node, t));
    if (!isLinear(node)) back(nameOf(node, "z"), () => deltaLine(node, t));
  }
  for (const node of neurons) {
    for (const [k] of incoming(node)) back(weightName(k), () => weightLine(k, t), { link: k });
    back(biasName(node), () => biasLine(node, t));
  }
  if (!play.inputs.some((_, i) => isFormula(i))) play.inputs.forEach((_, i) => back(nameOf(i), () => upLine(i, t)));
  if (!t.chances) back("y", () => labelLine(t));
  if (isBatchEnd()) for (const node of neurons) for (const target of [...incoming(node).map(([link]) => ({ link })), { node }])
    back("", () => updateLines(target, t).at(-1));
  return list;
}
