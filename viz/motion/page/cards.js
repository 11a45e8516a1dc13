// Cards and arrows as they stand after a step: what is not computed yet is "…".
const LATER = "…", OVER = 10, NAMED = 4; // points: numbers may be so much longer than a wire; than one behind a name
const SAMPLES = 64; // points of a road that are looked at
let at = 0;

const find = id => document.getElementById(id);
const stage = document.querySelector("#stage svg"), seen = [...stage.querySelectorAll("g.view")];
const isCircuit = stage.querySelector("g.node > path:first-child") !== null;
const group = (kind, id) => seen[views.indexOf(view)].querySelector(`g.${kind}[data-id="${id}"]`);
stage.setAttribute("role", "group");

const drawn = () => [...cards, ...again];
const share = ([r, i]) => handed(nodes[r], i); // of a leaf's gradient, by one use

function attend(card, i) { // to what it stands for
  card.line = card.lines[0];
  card.title ??= card.line.title;
  card.learned = card.lines.some(line => line.learned);
  card.reached = card.lines.some(line => line.reached);
  card.known = steps.findIndex(([phase, k]) => phase === "forward" && k === i);
  card.done = steps.findIndex(([phase, k]) => phase === "backward" && k === i);
  for (const line of card.lines) line.card = card;
}

function dress(card) {
  card.group = group("node", card.id);
  card.texts = [...card.group.querySelectorAll("text")];
  card.shown = isCircuit ? card.texts.at(card.learned ? -2 : -1) : card.texts[1];
  card.shown.classList.add("value");
  card.box = [...card.group.querySelectorAll(":scope > rect")].at(isCircuit ? 0 : -1); // deeper are bars of fractions
  if (!isCircuit || !isLeaf(card.line)) card.box.classList.add("box"); // of a leaf there are the dots of its forks
  card.texts.forEach(shrink);
  if (card.rows) align(card);
  if (isCircuit) widen(card.group);
  if (views.length > 1) mark(card);
  card.group.setAttribute("tabindex", "0");
  card.group.setAttribute("role", "button");
  card.group.addEventListener("click", event => press(card, event));
}

function lead(arrow, i) {
  const [tail, head] = arrow.ends.map(k => cards[k]);
  arrow.groups = { forward: group("forward", `e${i}`), backward: group("backward", `e${i}`) };
  arrow.links = links.filter(link => link.tail.card === tail && link.head.card === head);
  for (const each of Object.values(arrow.groups)) each?.setAttribute("aria-hidden", "true");
}

function fade({ lit }) { // what is not highlighted
  if (lit) for (const each of seen[views.indexOf(view)].querySelectorAll("g.node, g.forward, g.backward")) each.classList.toggle("pale", !lit.includes(each.dataset.id));
}

function widen(group) { // the pointer need not hit a line
  const { x, y, width, height } = group.getBBox(), area = document.createElementNS(stage.namespaceURI, "path");
  area.setAttribute("d", `M${x},${y}h${width}v${height}h${-width}z`);
  area.setAttribute("fill", "transparent");
  group.firstElementChild.after(area);
}

const isKnown = card => card.known < at;
const isDone = card => card.done >= 0 && card.done < at && !isHidden(card);
const current = () => steps[at - 1] ?? [null, -1];

function set(text, words) { // or what writes them where there is less and less room
  const write = typeof words === "string" ? () => words : words;
  if (!text || text.full === write()) return;
  text.full = write();
  measure(text);
  for (const most of [undefined, ...[...Array(digits + 1).keys()].reverse()]) {
    text.textContent = write(most);
    if (text.getComputedTextLength() <= text.room || typeof words === "string") break;
  }
  shrink(text);
}

function measure(text) { // its room and its size, as it was laid out
  text.room ??= space(text);
  text.size ??= Number(text.getAttribute("font-size"));
  text.setAttribute("font-size", text.size);
}

function shrink(text) { // so that it stays on its card, also in the fonts of another machine
  if (text.hasAttribute("textLength")) return; // it is there to be copied; what is seen is drawn
  measure(text);
  const needed = text.getComputedTextLength();
  if (needed > text.room) text.setAttribute("font-size", text.size * text.room / needed);
}

function space(text) { // how wide a text may become: as its card, as its wire, or on a road as that is level
  const node = text.closest("g.node"), x = text.getAttribute("x");
  if (!node) return Math.max(text.getComputedTextLength(), 2 * (level(text.parentNode.querySelector("path"), x)));
  if (isCircuit && !text.matches(".value, .value ~ text")) return text.getComputedTextLength() + 24;
  const part = node.querySelector(isCircuit ? "path" : ".box").getBBox();
  return isCircuit ? 2 * (x - part.x) + (node.querySelector(".box") ? OVER : NAMED) : part.width - 12;
}

function level(road, x) { // how far a road is level on both sides of a place
  const length = road.getTotalLength(), points = [...Array(SAMPLES + 1).keys()].map(i => road.getPointAtLength(i * length / SAMPLES));
  const near = points.reduce((a, b) => Math.abs(a.x - x) < Math.abs(b.x - x) ? a : b);
  const flat = points.filter(({ y }) => Math.abs(y - near.y) < 2).map(point => point.x - x);
  return Math.min(Math.max(...flat), -Math.min(...flat));
}

function gradientText(card, named = true, most) {
  const { line } = card, form = card.use || lines.some(isForced) ? [] : [line.form].filter(Boolean);
  const said = number => named || form.length ? chain([...(named ? [line.label] : []), ...form, number]) : bare(number);
  if (!card.reached) return at === steps.length || isDone(card) ? said("—") : LATER;
  if (card.done < at && isHidden(card)) return said("?");
  return isDone(card) ? said(numeral(card.use ? share(card.use) : gradient(line), false, digits, most)) : LATER;
}

function showLine(card) {
  set(card.shown, isKnown(card) ? most => bare(shownValue(card.line, most)) : LATER);
  if (card.learned) set(card.texts.at(-1), most => gradientText(card, !isCircuit, most));
}

function spoken(card) { // a card for those who hear it
  const known = isKnown(card), done = isDone(card), { line } = card;
  if (card.rows) return [card.title, `${card.lines.length} nodes`].join(", ");
  const back = card.use ? `share of ${line.label}: ${gradientText(card, false)}` : `gradient ${gradientText(card)}`;
  return [card.title, known ? `value ${shownValue(line).text}` : "value not computed yet",
    ...(card.learned ? [done ? back : "gradient not computed yet"] : [])].join(", ");
}

function showCard(card, isCurrent, phase) {
  (card.rows ? showRows : showLine)(card);
  const state = { forced: isForced(card.line) && !card.rows, current: isCurrent, back: isCurrent && phase === "backward", waiting: !isKnown(card), unknown: card.learned && !isDone(card) };
  for (const [name, on] of Object.entries(state)) card.group.classList.toggle(name, Boolean(on));
  card.group.setAttribute("aria-label", spoken(card));
}

function showArrow(arrow, phase, card) {
  const { groups: { forward: ahead, backward: back }, links: own } = arrow;
  const [tails, heads] = ["tail", "head"].map(end => own.map(link => link[end].card));
  const comesBack = phase === "backward" && own.some(link => link.back && link.tail.card === card);
  ahead.classList.toggle("back", comesBack && isCircuit); // where both passes go along one wire
  ahead.classList.toggle("current", ahead.matches(".back") || (phase === "forward" && heads.includes(card)));
  if (arrow.weights) showWeight(arrow, heads[0]);
  if (!back) return;
  const passed = own.some(link => link.back && link.tail.card.done >= 0 && link.tail.card.done < at);
  back.classList.toggle("later", !passed);
  back.classList.toggle("current", comesBack);
  const [{ text, slope }] = own;
  const said = most => isHidden(tails[0]) && text.length ? [] : [numeral(slope, false, digits, most)];
  if (text) set(back.querySelector("text"), most => chain([...text, ...said(most)]));
}

function show() {
  const [phase, i] = current();
  for (const card of drawn()) showCard(card, card.line.card === cards[i], phase);
  for (const arrow of arrows) showArrow(arrow, phase, cards[i]);
  if (cards[i]) bring(cards[i].group);
  say();
  if (opened) ledger(opened);
}

// ── what is said below ───────────────────────────────────────────────────────────────────────────

const tell = (id, words) => typeset(find(id), words);

function givens() {
  const leaves = cards.filter(card => card.lines.every(isLeaf) && !card.id.startsWith("w"));
  return leaves.flatMap(card => card.rows ? card.rows.map(([line]) => line ? result(line) : LATER) : [result(card.line)]);
}

function say() {
  const step = current(), card = cards[step[1]], asked = Boolean(card) && step[0] === "backward" && isHidden(card);
  tell("sentence", asked ? `${card.line.label} = ?` : card ? sentence(step) : `Given: ${givens().join(", ")}`);
  find("progress").textContent = (!at ? "start" : at <= forwards ? `forward ${at}/${forwards}`
    : `backward ${at - forwards}/${steps.length - forwards}`) + score();
  find("guess").hidden = !asked;
  if (asked) typeset(document.querySelector("label[for=answer]"), `${card.line.label} =`);
  for (const [id, off] of [["first", !at], ["previous", !at], ["next", at === steps.length], ["last", at === steps.length]]) {
    find(id).setAttribute("aria-disabled", off);
  }
}
