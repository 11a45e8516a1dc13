// Cards and arrows as they stand after a step: what is not computed yet is "…".
const find = id => document.getElementById(id);
const LATER = "…";
const PADDING = 9; // points between a row's texts and its card's border
const forwards = steps.filter(([phase]) => phase === "forward").length;
let at = 0;

const stage = document.querySelector("#stage svg");
const group = (kind, id) => stage.querySelector(`g.${kind}[data-id="${id}"]`);
cards.forEach((card, i) => {
  card.group = group("node", card.id);
  card.texts = [...card.group.querySelectorAll("text")];
  card.texts.forEach(shrink);
  card.line = lines[card.lines[0]];
  card.title ??= card.line.title;
  card.learned = card.lines.some(k => lines[k].learned);
  card.reached = card.lines.some(k => lines[k].reached);
  card.known = steps.findIndex(([phase, k]) => phase === "forward" && k === i);
  card.done = steps.findIndex(([phase, k]) => phase === "backward" && k === i);
  for (const k of card.lines) lines[k].card = card;
  if (card.rows) align(card);
  card.group.setAttribute("tabindex", "0");
  card.group.setAttribute("role", "button");
});
arrows.forEach((arrow, i) => {
  arrow.groups = { forward: group("forward", `e${i}`), backward: group("backward", `e${i}`) };
  arrow.links = [];
  for (const each of Object.values(arrow.groups)) each?.setAttribute("aria-hidden", "true");
});
for (const link of links) arrows[link.arrow]?.links.push(link);
stage.setAttribute("role", "group");

function align(card) { // values to the left of their rows, gradients to the right
  const box = card.group.querySelector("rect:last-of-type"), x = Number(box.getAttribute("x")), texts = card.texts.slice(2);
  const right = x + Number(box.getAttribute("width"));
  for (const [, , partly] of card.rows) {
    for (const [side, at] of [["start", x + PADDING], ...(partly ? [["end", right - PADDING]] : [])]) {
      const text = texts.shift();
      text.classList.add(side);
      text.setAttribute("x", at);
    }
  }
}

const isKnown = card => card.known < at;
const isDone = card => card.done >= 0 && card.done < at && !isHidden(card);
const current = () => steps[at - 1] ?? [null, -1];

function set(text, words) {
  if (!text || text.textContent === words) return;
  shrink(text); // which remembers its room
  text.textContent = words;
  shrink(text);
}

function shrink(text) { // so that it stays on its card, also in the fonts of another machine
  const card = text.closest("g.node");
  text.room ??= card ? card.querySelector("rect:last-of-type").width.baseVal.value - 12 : text.getComputedTextLength() + 24;
  text.dataset.size ??= text.getAttribute("font-size");
  text.setAttribute("font-size", text.dataset.size);
  const { room } = text, needed = text.getComputedTextLength();
  if (needed > room) text.setAttribute("font-size", text.dataset.size * room / needed);
}

function gradientText(card) {
  const { line } = card;
  if (!line.reached) return at === steps.length ? chain([line.label, "—"]) : LATER;
  if (card.done < at && isHidden(card)) return chain([line.label, "?"]);
  return isDone(card) ? partial(line) : LATER;
}

function brief(line) { // a gradient in a row: the number alone
  if (!line.reached) return at === steps.length ? "∂ —" : LATER;
  return isDone(line.card) ? `∂ ${numeral(gradient(line), false, BRIEF).text}` : LATER;
}

function showRows(card) { // of a card for several nodes
  const texts = card.texts.slice(2);
  for (const [k, name, partly] of card.rows) {
    const line = lines[k];
    const number = () => isKnown(card) ? chain([name, numeral(value(line), isLeaf(line), BRIEF)]) : `${name} = ${LATER}`;
    set(texts.shift(), line ? number() : LATER);
    if (partly) set(texts.shift(), line ? brief(line) : LATER);
  }
}

function showLine(card) {
  set(card.texts[1], isKnown(card) ? shownValue(card.line).text : LATER);
  if (card.learned) set(card.texts[2], gradientText(card));
}

function spoken(card) { // a card for those who hear it
  const known = isKnown(card), done = isDone(card), { line } = card;
  if (card.rows) return [card.title, `${card.lines.length} nodes`].join(", ");
  return [card.title, known ? `value ${shownValue(line).text}` : "value not computed yet",
    ...(card.learned ? [done ? `gradient ${gradientText(card)}` : "gradient not computed yet"] : [])].join(", ");
}

function showCard(card, isCurrent) {
  (card.rows ? showRows : showLine)(card);
  const state = { current: isCurrent, waiting: !isKnown(card), unknown: card.learned && !isDone(card) };
  for (const [name, on] of Object.entries(state)) card.group.classList.toggle(name, Boolean(on));
  card.group.setAttribute("aria-label", spoken(card));
}

function showArrow(arrow, phase, card) {
  const { groups: { forward: ahead, backward: back }, links: own } = arrow;
  const [tails, heads] = ["tail", "head"].map(end => own.map(link => lines[link[end]].card));
  ahead.classList.toggle("current", phase === "forward" && heads.includes(card));
  showWeight(arrow, heads[0]);
  if (!back) return;
  const passed = own.some(link => link.back && lines[link.tail].card.done >= 0 && lines[link.tail].card.done < at);
  back.classList.toggle("later", !passed);
  back.classList.toggle("current", phase === "backward" && tails.includes(card));
  const [{ text, slope }] = own;
  if (text) set(back.querySelector("text"), chain([...text, ...(isHidden(tails[0]) && text.length ? [] : [numeral(slope)])]));
}

function showWeight({ groups, weights, label, from, partial: name }, head) { // that stands on an arrow, and its gradient
  if (!weights) return;
  const texts = groups.forward.querySelectorAll("text"), total = weights.reduce((sum, w) => sum + nodes[w].value, 0);
  set(texts[0], chain([...label, numeral(total, weights.length === 1)].filter(Boolean)));
  if (!from) return;
  const [r, x] = from.map(i => nodes[i]), product = r.gradient * x.value;
  const number = terse ? [name + numeral(product, false, BRIEF).text] : [...name, numeral(product)];
  set(texts[1], head.done >= 0 && head.done < at && !isHidden(head) ? chain(number) : LATER);
}

function show() {
  const [phase, i] = current();
  for (const card of cards) showCard(card, card === cards[i]);
  for (const arrow of arrows) showArrow(arrow, phase, cards[i]);
  if (cards[i] && panel.scrollWidth > panel.clientWidth) cards[i].group.scrollIntoView({ block: "nearest", inline: "center" });
  say();
  if (opened) ledger(opened);
}

// ── what is said below ───────────────────────────────────────────────────────────────────────────

const tell = (id, words) => { if (find(id).textContent !== words) find(id).textContent = words; };

function givens() {
  const leaves = cards.filter(card => card.lines.every(k => isLeaf(lines[k])) && !card.id.startsWith("w"));
  return leaves.flatMap(card => card.rows ? card.rows.map(([k]) => k === null ? LATER : result(lines[k])) : [result(card.line)]);
}

function say() {
  const step = current(), card = cards[step[1]], asked = Boolean(card) && step[0] === "backward" && isHidden(card);
  tell("sentence", asked ? `${card.line.label} = ?` : card ? sentence(step) : `Given: ${givens().join(", ")}`);
  find("progress").textContent = (!at ? "start" : at <= forwards ? `forward ${at}/${forwards}`
    : `backward ${at - forwards}/${steps.length - forwards}`) + score();
  find("guess").hidden = !asked;
  if (asked) document.querySelector("label[for=answer]").textContent = `${card.line.label} =`;
  for (const [id, off] of [["first", !at], ["previous", !at], ["next", at === steps.length], ["last", at === steps.length]]) {
    find(id).setAttribute("aria-disabled", off);
  }
}
