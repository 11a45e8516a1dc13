"use strict";
// The graph is data; `rows`, written before this text, is the table of operations.
const { nodes, cards, arrows, steps, digits, output } = JSON.parse(document.getElementById("graph").textContent);
const find = id => document.getElementById(id);
const HOLD = 1400; // milliseconds of a step while playing
const CLOSE = 0.01; // of the gradient: as near must a guess be
const BESIDE = 1e-9; // of a number: so near beside a pole there is a value
const MOST_PATHS = 12; // in a ledger; of more only their number is told
const LATER = "…", NONE = "no value";
const forwards = steps.filter(([phase]) => phase === "forward").length;
let at = 0, quiz = false, timer = 0, opened = null;
const solved = new Set();

// ── values, slopes, gradients ────────────────────────────────────────────────────────────────────

const read = x => typeof x === "number" ? nodes[x].value : Number(x[0]);

function forward() { // values of all nodes; where one has none, why
  let problem = "";
  for (const z of nodes) {
    if (!z.op) { z.value = z.data; continue; }
    const row = rows[z.op], given = z.of.map(read), n = given.length / row.slopes.length;
    z.value = given.includes(undefined) ? undefined : row.value[given.length](...given);
    if (Number.isNaN(z.value) || (Math.abs(z.value) === Infinity && given.every(Number.isFinite))) {
      problem ||= refusal(z, row, given, n);
      z.value = undefined;
    }
    const seen = [z.value, ...(row.common?.[given.length](...given) ?? [])];
    z.slopes = z.of.map((x, i) => {
      const slope = typeof x === "number" ? row.slopes[Math.floor(i / n)] : null;
      return slope && slope(...given.filter((_, k) => k % n === i % n), ...seen);
    });
  }
  return problem;
}

function refusal(z, row, given, n) { // what, where, remedy: as Python says it
  const shown = given.slice(0, 8).map((x, i) => `${row.operands[Math.floor(i / n)]} = ${figure(x)}` +
    (typeof z.of[i] === "number" ? ` at '${nodes[z.of[i]].name}'` : ""));
  const place = `got ${shown.join(", ")} (in '${z.name}')`;
  const beside = step => row.value[given.length](...given.map(x => x + step * (Math.abs(x) || 1)));
  const pole = [BESIDE, -BESIDE].some(step => Number.isFinite(beside(step))); // else no float is large enough
  if (row.needs && (pole || Number.isNaN(z.value))) return `${z.op} needs ${row.needs}, ${place}. ${row.remedy}`;
  return `${z.op} is too large for a float, ${place}. Scale the input ${Math.abs(given[0]) < 1 ? "up" : "down"}.`;
}

const isClosed = (z, i) => rows[z.op].gate && z.slopes[i] === 0; // such a gate selects, and does not multiply

function backward() { // ∂output/∂node by the chain rule, from the output down
  for (const z of nodes) z.gradient = undefined, z.open = false; // whether an open way leads to it
  const last = nodes[cards[output].node];
  if (last.value === undefined) return;
  last.gradient = 1;
  last.open = true;
  for (const z of nodes.toReversed()) {
    if (z.op && z.gradient !== undefined) z.of.forEach((x, i) => {
      if (z.slopes[i] === null) return;
      const open = z.open && !isClosed(z, i);
      nodes[x].gradient = (nodes[x].gradient ?? 0) + (open ? z.slopes[i] * z.gradient : 0);
      nodes[x].open ||= open;
    });
  }
}

function along() { // the slope of every arrow: through the nodes that its card stands for
  for (const card of cards) {
    const local = { [card.node]: 1 };
    for (const r of card.inside) nodes[r].of.forEach((x, i) => {
      if (nodes[r].slopes[i] !== null && card.inside.includes(x)) {
        local[x] = (local[x] ?? 0) + (local[r] ?? 0) * nodes[r].slopes[i];
      }
    });
    card.local = local;
  }
  for (const arrow of arrows) {
    const { local } = cards[arrow.head];
    arrow.isClosed = arrow.uses.every(([r, i]) => isClosed(nodes[r], i));
    arrow.slope = arrow.uses.reduce((sum, [r, i]) => sum + (local[r] ?? 0) * nodes[r].slopes[i], 0);
  }
}

function calculate() {
  const problem = forward();
  backward();
  along();
  const strange = problem ? undefined : cards.find(card => card.reached && !Number.isFinite(gradient(card)));
  const trouble = strange && (Number.isNaN(gradient(strange)) ? "has no value here: a slope on its way has none."
    : `is ${figure(gradient(strange))} here: a slope on its way is infinite.`);
  find("problem").textContent = problem || (strange ? `${strange.label} ${trouble}` : "");
}

const value = card => nodes[card.node].value;
const gradient = card => nodes[card.node].gradient;

// ── numbers and sentences ────────────────────────────────────────────────────────────────────────

const raised = text => text.replace(/\d/g, d => "⁰¹²³⁴⁵⁶⁷⁸⁹"[d]).replace(/[-−]/, "⁻");
const trimmed = text => text.includes(".") ? text.replace(/\.?0+$/, "") : text;
const WHOLE = 1e15, GIVEN = 12, NOISE = 2 ** -50; // as autograd.language.numbers has them

function numeral(x, given = false) { // a number's text, and whether it is rounded: as autograd.language.numbers.figure
  if (x === undefined || Number.isNaN(x)) return { text: NONE };
  const sign = x < 0 ? "−" : "", size = Math.abs(x);
  if (size === Infinity) return { text: sign + "∞" };
  if (size % 1 === 0 && size < WHOLE) return { text: sign + size };
  const whole = size < 1e6 ? String(Math.trunc(size)).length : 0;
  const short = Math.max(digits, whole), long = given ? GIVEN : Math.min(2 * digits, GIVEN);
  const exact = [short, long].find(n => Math.abs(Number(size.toPrecision(n)) - size) <= NOISE * size);
  const [mantissa, power] = size.toExponential((exact ?? short) - 1).split("e");
  const fits = power >= -4 && power < (exact ?? short);
  const text = fits ? trimmed(size.toFixed(Math.max(0, (exact ?? short) - 1 - power)))
    : `${trimmed(mantissa)}·10${raised(String(Number(power)))}`;
  return { text: sign + text, rounded: exact === undefined };
}

const figure = x => numeral(x).text;
const shownValue = card => numeral(value(card), !nodes[card.node].op);

const NUMBERS = { value: i => value(cards[i]), gradient: i => gradient(cards[i]), slope: i => arrows[i].slope };

function write(pieces) { // text with numbers in its holes, in brackets where they hold too loosely
  let rounded = false;
  const text = pieces.reduce((text, piece) => {
    if (piece === null) rounded = true; // a number in the text
    if (!Array.isArray(piece)) return text + (piece ?? "");
    const [kind, i, needs] = piece, shown = kind === "value" ? shownValue(cards[i]) : numeral(NUMBERS[kind](i));
    const number = shown.text;
    rounded ||= shown.rounded;
    if (text.endsWith("^") && /^−?\d+$/.test(number)) return text.slice(0, -1) + raised(number);
    const loose = (needs && number.startsWith("−")) || (needs > 1 && number.includes("·"));
    return text + (loose ? `(${number})` : number);
  }, "");
  return { text, rounded };
}

function chain(sides) { // joined by equals signs, each side once; by ≈ where one of the two is rounded
  const all = sides.map(side => typeof side === "string" ? { text: side } : side);
  return all.reduce((text, side, i) => !i ? side.text : side.text === all[i - 1].text ? text
    : `${text} ${side.rounded || all[i - 1].rounded ? "≈" : "="} ${side.text}`, "");
}
const result = card => chain([card.name, shownValue(card)]);

function sentence([phase, i]) {
  const card = cards[i], sides = card[phase].map(write);
  return phase === "forward" ? chain([card.title, ...sides, shownValue(card)])
    : chain([card.label, ...sides, numeral(gradient(card))]);
}

// ── what is shown ────────────────────────────────────────────────────────────────────────────────

const stage = document.querySelector("#stage svg");
const group = (kind, id) => stage.querySelector(`g.${kind}[data-id="${id}"]`);
cards.forEach((card, i) => {
  card.group = group("node", card.id);
  card.texts = card.group.querySelectorAll("text");
  card.known = steps.findIndex(([phase, k]) => phase === "forward" && k === i);
  card.done = steps.findIndex(([phase, k]) => phase === "backward" && k === i);
  card.group.setAttribute("tabindex", "0");
  card.group.setAttribute("role", "button");
});
arrows.forEach(arrow => {
  arrow.groups = { forward: group("forward", arrow.id), backward: group("backward", arrow.id) };
  for (const each of Object.values(arrow.groups)) each?.setAttribute("aria-hidden", "true");
});
stage.setAttribute("role", "group");

const isKnown = card => card.known < at;
const isDone = card => card.done >= 0 && card.done < at && !isHidden(card);
const isHidden = card => quiz && card.done > forwards && !solved.has(card);
const current = () => steps[at - 1] ?? [null, -1];

function show() {
  const [phase, i] = current();
  for (const card of cards) {
    const known = isKnown(card), done = isDone(card);
    set(card.texts[1], known ? shownValue(card).text : LATER);
    if (card.texts[2]) set(card.texts[2], gradientText(card));
    const state = { current: card === cards[i], waiting: !known, unknown: card.texts[2] && !done };
    for (const [name, on] of Object.entries(state)) card.group.classList.toggle(name, Boolean(on));
    card.group.setAttribute("aria-label", [card.title, known ? `value ${shownValue(card).text}` : "value not computed yet",
      ...(card.texts[2] ? [done ? `gradient ${gradientText(card)}` : "gradient not computed yet"] : [])].join(", "));
  }
  for (const arrow of arrows) {
    arrow.groups.forward.classList.toggle("current", phase === "forward" && arrow.head === i);
    const back = arrow.groups.backward, tail = cards[arrow.tail];
    if (!back) continue;
    back.classList.toggle("later", tail.done < 0 || tail.done >= at);
    back.classList.toggle("current", phase === "backward" && arrow.tail === i);
    set(back.querySelector("text"), chain([...arrow.text, ...(isHidden(tail) && arrow.text.length ? [] : [numeral(arrow.slope)])]));
  }
  const panel = find("stage");
  if (cards[i] && panel.scrollWidth > panel.clientWidth) cards[i].group.scrollIntoView({ block: "nearest", inline: "center" });
  say();
  if (opened) ledger(opened);
}

function gradientText(card) {
  if (!card.reached) return at === steps.length ? chain([card.label, "—"]) : LATER;
  if (card.done < at && isHidden(card)) return chain([card.label, "?"]);
  return isDone(card) ? chain([card.label, numeral(gradient(card))]) : LATER;
}

const tell = (id, words) => { if (find(id).textContent !== words) find(id).textContent = words; };

function set(text, words) { // a long one is set smaller, so that it stays on its card
  if (text.textContent === words) return;
  text.textContent = words;
  text.dataset.size ??= text.getAttribute("font-size");
  text.setAttribute("font-size", text.dataset.size);
  const room = text.parentNode.querySelector("rect")?.width.baseVal.value - 12, needed = text.getComputedTextLength();
  if (needed > room) text.setAttribute("font-size", text.dataset.size * room / needed);
}

function say() {
  const step = current(), card = cards[step[1]], asked = Boolean(card) && step[0] === "backward" && isHidden(card);
  const givens = cards.filter(each => !nodes[each.node].op).map(result);
  tell("sentence", asked ? `${card.label} = ?` : card ? sentence(step) : `Given: ${givens.join(", ")}`);
  find("progress").textContent = !at ? "start" : at <= forwards ? `forward ${at}/${forwards}`
    : `backward ${at - forwards}/${steps.length - forwards}`;
  if (quiz) find("progress").textContent += ` · ${solved.size} of ${steps.length - forwards - 1} answered`;
  find("guess").hidden = !asked;
  if (asked) document.querySelector("label[for=answer]").textContent = `${card.label} =`;
  for (const [id, off] of [["first", !at], ["previous", !at], ["next", at === steps.length], ["last", at === steps.length]]) {
    find(id).setAttribute("aria-disabled", off);
  }
}

// ── steps ────────────────────────────────────────────────────────────────────────────────────────

function go(to) {
  at = Math.min(Math.max(to, 0), steps.length);
  find("verdict").textContent = find("answer").value = "";
  find("answer").tries = 0;
  if (at === steps.length) play(false);
  show();
}

function play(on) {
  clearInterval(timer);
  timer = on && setInterval(() => isHidden(cards[current()[1]] ?? {}) && find("guess").hidden === false || go(at + 1), HOLD);
  find("play").setAttribute("aria-pressed", Boolean(on));
  find("play").textContent = on ? "pause" : "play";
}

const ACTIONS = {
  first: () => go(0), previous: () => go(at - 1), next: () => go(at + 1), last: () => go(steps.length),
  play: () => { if (!timer && at === steps.length) go(0); play(!timer); },
  quiz: () => { quiz = !quiz; solved.clear(); find("quiz").setAttribute("aria-pressed", quiz); go(at); },
  close: () => { find("ledger").hidden = true; opened?.group.focus(); opened = null; },
};
const KEYS = { ArrowLeft: "previous", ArrowRight: "next", PageUp: "previous", PageDown: "next", Home: "first", End: "last",
  p: "play", q: "quiz", Escape: "close" };
for (const [id, action] of Object.entries(ACTIONS)) find(id).addEventListener("click", action);
document.addEventListener("keydown", event => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  const inField = event.target.tagName === "INPUT", card = cards.find(each => each.group === event.target);
  if (card && (event.key === "Enter" || event.key === " ")) ledger(card, true);
  else if (KEYS[event.key] && (!inField || event.key === "Escape")) ACTIONS[KEYS[event.key]]();
  else return;
  event.preventDefault();
});
for (const card of cards) card.group.addEventListener("click", () => ledger(card, true));

// ── quiz ─────────────────────────────────────────────────────────────────────────────────────────

const parsed = text => { // 3, −0.5, 1/3, and 0,5 as some write it
  const [top, bottom = "1", ...more] = text.trim().replaceAll("−", "-").replaceAll(",", ".").split("/");
  return more.length || !top.trim() || !bottom.trim() ? NaN : Number(top) / Number(bottom);
};

find("guess").addEventListener("submit", event => {
  event.preventDefault();
  const card = cards[current()[1]], answer = find("answer"), guess = parsed(answer.value), right = gradient(card);
  if (Number.isNaN(guess)) return void (find("verdict").textContent = "Write a number, as 3, −0.5 or 1/3.");
  const matches = figure(guess) === figure(right) || Math.abs(guess - right) <= CLOSE * Math.abs(right);
  if (matches) { solve(card, "Right."); return; }
  answer.tries = (answer.tries ?? 0) + 1;
  const sides = card.backward.map(write), [words, numbers] = [sides[0], sides.at(-1)];
  find("verdict").textContent = `Not ${answer.value.trim()}. It is ${(answer.tries > 1 ? numbers ?? words : words).text}.`;
  answer.select();
});
find("reveal").addEventListener("click", () => solve(cards[current()[1]], ""));

function solve(card, verdict) {
  solved.add(card);
  show();
  find("verdict").textContent = verdict;
  find("sentence").textContent = [verdict, find("sentence").textContent].filter(Boolean).join(" ");
  find("next").focus();
}

// ── the ledger of a node ─────────────────────────────────────────────────────────────────────────

function element(tag, text, ...children) {
  const made = document.createElement(tag);
  made.textContent = text;
  made.append(...children);
  return made;
}

function paths(from, most) { // ways from a card to the output, as lists of arrows
  const found = [], stack = [[from, []]];
  while (stack.length && found.length <= most) {
    const [i, way] = stack.pop();
    if (i === output) found.push(way);
    else for (const arrow of arrows) if (arrow.tail === i && arrow.back) stack.push([arrow.head, [...way, arrow]]);
  }
  return found;
}

function ledger(card, focus = false) {
  opened = card;
  const i = cards.indexOf(card), entries = [], list = element("ul", "");
  if (isKnown(card)) entries.push(nodes[card.node].op ? sentence(["forward", i]) : result(card));
  if (card.done >= 0 && isDone(card)) {
    entries.push(sentence(["backward", i]));
    const ways = paths(i, MOST_PATHS);
    if (i !== output && ways.length > MOST_PATHS) entries.push(`More than ${MOST_PATHS} paths lead to ${cards[output].name}.`);
    else for (const way of i === output ? [] : ways) {
      const names = [card.name, ...way.map(arrow => cards[arrow.head].name)].join(" → ");
      const factors = way.map(arrow => figure(arrow.slope)).map(text => text.startsWith("−") ? `(${text})` : text);
      const product = way.some(arrow => arrow.isClosed) ? 0 : way.reduce((sum, arrow) => sum * arrow.slope, 1);
      list.append(element("li", `${names}: ${chain([{ text: factors.join(" · "), rounded: way.some(arrow => numeral(arrow.slope).rounded) }, numeral(product)])}`));
    }
    if (list.children.length) entries.push(`Along ${list.children.length === 1 ? "the only path" : "each path, to be added"}:`);
  } else if (card.texts[2]) entries.push(isHidden(card) && card.done < at ? "Its gradient is yours to find." : card.reached
    ? "Its gradient is not computed yet." : `No gradient reaches it: ${cards[output].name} does not change with it.`);
  else entries.push("It is data: no gradient is wanted.");
  find("about").textContent = card.title;
  find("entries").replaceChildren(...entries.map(text => element("p", text)), list);
  find("ledger").hidden = false;
  if (focus) find("about").focus();
}

// ── the inputs ───────────────────────────────────────────────────────────────────────────────────

function span(x) { // 1, 2 or 5 times a power of ten, twice as far as x
  const power = 10 ** Math.floor(Math.log10(Math.max(2 * Math.abs(x), 1)));
  return [1, 2, 5, 10].map(k => k * power).find(s => s >= 2 * Math.abs(x)) || 1;
}

function input(card, i) {
  const leaf = nodes[card.node], slider = element("input", ""), field = element("input", ""), label = element("label", card.name);
  Object.assign(field, { type: "number", step: "any", id: `leaf${i}`, value: leaf.data });
  label.htmlFor = field.id;
  slider.type = "range";
  slider.setAttribute("aria-label", `${card.name}, slider`);
  const range = x => {
    const s = Number.isFinite(x) ? span(x) : 1;
    if (!(s <= slider.max && slider.max !== "")) Object.assign(slider, { min: -s, max: s, step: s / 100 });
    slider.value = x;
  };
  slider.max = "";
  Object.assign(slider, { min: -span(leaf.data), max: span(leaf.data), step: span(leaf.data) / 100 });
  slider.value = leaf.data;
  const take = (x, from) => {
    field.setAttribute("aria-invalid", !Number.isFinite(x));
    if (!Number.isFinite(x)) return void (find("problem").textContent = `${card.name} needs a number, as 3 or -0.5.`);
    leaf.data = x;
    if (from === slider) field.value = x;
    else range(x);
    solved.clear();
    calculate();
    show();
  };
  slider.addEventListener("input", () => take(Number(Number(slider.value).toPrecision(12)), slider));
  field.addEventListener("input", () => take(field.value === "" ? NaN : Number(field.value), field));
  return element("div", "", label, slider, field);
}

find("leaves").append(...cards.filter(card => !nodes[card.node].op).map(input));
for (const id of ["controls", "leaves"]) find(id).hidden = false;
calculate();
go(Number(location.hash.slice(1)) || 0);
