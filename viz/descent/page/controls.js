// What the reader changes, and what then is drawn anew: the surface, the start, the optimisers, and the step.
const MOST_STEPS = 10000;
const COARSE = 1 / 40, FINE = 1 / 400; // of the map, by which an arrow key moves the start
const state = { at: 0, chosen: 0, last: 0, playing: 0, most: content.steps, tolerance: content.tolerance };
const KEYS = { next: ["ArrowRight", "PageDown", "n"], previous: ["ArrowLeft", "PageUp", "b"], first: ["Home"], last: ["End"], play: [" ", "p"] };
const ENDS = { flat: ["flat"], steps: [], diverged: ["diverged"] };

function build() { // the parts of the page that the data say
  const options = Object.entries(content.surfaces).map(([name]) => element("option", name));
  find("surface").replaceChildren(element("option", "own formula"), ...options);
  find("surface").firstChild.value = "";
  state.walkers = content.walkers.map((walker, i) => ({ ...walker, i, look: i % content.looks, on: i < content.chosen, h: Object.fromEntries(walker.arguments.map(({ name, value }) => [name, value])) }));
  find("walkers").replaceChildren(...state.walkers.map(row));
  content.names.forEach((name, i) => {
    find(`start${i}`).replaceChildren();
    typeset(find(`name${i}`), name);
    for (const end of ["from", "to"]) find(`${end}${i}`).setAttribute("aria-label", `${name} ${end}`);
    typeset(find(`range${i}`), name);
  });
  find("most").value = state.most;
  document.querySelector("main").hidden = false;
}

function row(walker) {
  const box = Object.assign(element("input", ""), { type: "checkbox", checked: walker.on, id: `on${walker.i}` });
  const label = element("label", walker.name), rate = Object.assign(element("input", ""), { type: "number", step: "any", min: 0 });
  label.htmlFor = box.id;
  rate.setAttribute("aria-label", `learning rate of ${walker.name}`);
  rate.disabled = Array.isArray(walker.rate);
  rate.value = rate.disabled ? "" : walker.rate;
  rate.placeholder = "schedule";
  const look = Object.assign(element("button", ""), { type: "button", className: `look c${walker.look}` });
  look.setAttribute("aria-label", `arithmetic and graph of ${walker.name}`);
  look.append(drawn("svg", { viewBox: "-40 -14 80 28", "aria-hidden": true }, drawn("path", { d: "M-40,0h80", class: "line", "stroke-dasharray": DASHES[walker.look % DASHES.length] }),
    drawn("path", { d: MARKS[walker.look % MARKS.length], class: "mark" })));
  box.addEventListener("change", () => { walker.on = box.checked; if (box.checked) state.chosen = walker.i; moved(); });
  look.addEventListener("click", () => { state.chosen = walker.i; walker.on = box.checked = true; moved(); });
  rate.addEventListener("input", () => number(rate, x => x >= 0, x => { walker.rate = x; anew(); }));
  const made = element("tr", "", element("td", "", box), element("td", "", look), element("th", "", label), element("td", "", rate), element("td", ""), element("td", ""));
  made.querySelector("th").scope = "row";
  Object.assign(walker, { row: made, box, button: look });
  return made;
}

const spaced = name => name.replaceAll("_", " ");
const range = ({ letter, least, below }) => `${least ?? "−∞"} ≤ ${letter} < ${below ?? "∞"}`;

function given() { // fields for the chosen optimiser's arguments
  const walker = state.walkers[state.chosen], holder = find("arguments");
  if (holder.dataset.of === String(walker.i)) return;
  holder.dataset.of = walker.i;
  find("refused").textContent = "";
  holder.replaceChildren(element("legend", `of ${walker.name}`), ...walker.arguments.map(argument => field(walker, argument)));
}

function field(walker, argument) {
  const { name, letter, value, optional, least, below } = argument, isFlag = typeof value === "boolean";
  const input = Object.assign(element("input", ""), { type: isFlag ? "checkbox" : "number", step: "any", name });
  if (isFlag) input.checked = walker.h[name];
  else Object.assign(input, { value: walker.h[name] ?? "", placeholder: optional ? "none" : "", min: least ?? "" });
  const label = element("label", "", ...letter === name ? [spaced(name)] : [maths("span", letter), ` ${spaced(name)}`], " ", input);
  const fits = x => (least === null || x >= least) && (below === null || x < below);
  const use = x => {
    walker.h[name] = x;
    if (/^(global_)?clip/.test(name) && x) unclip(walker, name);
    anew();
  };
  input.addEventListener("input", () => {
    if (isFlag) return use(input.checked);
    const none = optional && input.value === "" && !input.validity.badInput;
    if (none) input.setAttribute("aria-invalid", false);
    if (none) use(null); else number(input, fits, use);
    find("refused").textContent = input.getAttribute("aria-invalid") === "true" ? `${walker.name} needs ${range(argument)}.` : "";
  });
  return label;
}

function unclip(walker, kept) { // an optimiser clips one way
  for (const { name } of walker.arguments) if (/^(global_)?clip/.test(name) && name !== kept) {
    walker.h[name] = null;
    find("arguments").querySelector(`[name=${name}]`).value = "";
  }
}

function number(field, fits, take) {
  const x = field.value === "" ? NaN : Number(field.value), good = Number.isFinite(x) && fits(x);
  field.setAttribute("aria-invalid", !good);
  if (good) take(x);
}

function take({ text, start, domain }) { // another surface, with its start and domain
  state.text = text;
  find("formula").value = text;
  find("surface").value = Object.keys(content.surfaces).find(name => content.surfaces[name].text === text) ?? "";
  if (start) state.start = [...start];
  if (domain) state.domain = [...domain];
  state.at = 0;
  written();
}

function written() { // the formula that stands in the field
  try {
    const nodes = parsed(find("formula").value, content.names), [x, y] = state.start;
    const { f, g } = calculated(nodes, x, y);
    if (![f, ...g].every(Number.isFinite)) throw Error(`f or a slope has no value at the start, ${content.names[0]} = ${figure(x)}, ${content.names[1]} = ${figure(y)}. Start elsewhere.`);
    state.nodes = nodes;
    trouble("");
  } catch (error) {
    return trouble(error.message);
  }
  ground();
  anew();
}

function trouble(text) {
  find("problem").textContent = text;
  find("formula").setAttribute("aria-invalid", Boolean(text));
}

const short = point => point.map(x => Number(x.toPrecision(4)));

function begin(point) { // from here
  state.start = short(point);
  state.aim = null;
  state.at = 0;
  written();
}

function anew() { // all ways, from the start
  for (const walker of state.walkers) walker.way = walked(walker, state.nodes, state.start, state.most, state.tolerance);
  moved();
}

function moved() {
  state.last = Math.max(0, ...shown().map(({ way }) => way.states.length - 1));
  state.at = Math.min(Math.max(state.at, 0), state.last);
  if (state.at === state.last) pause();
  show();
}

function show() {
  paths();
  vectors();
  chart();
  given();
  arithmetic();
  picture();
  fields();
  find("map").setAttribute("aria-label", `Map of f over ${content.names.join(" and ")}: arrow keys move the start, Enter starts. ${spoken()}`);
  if (!state.playing) find("sentence").textContent = spoken();
}

function fields() {
  content.names.forEach((_, i) => {
    const ends = state.domain.slice(2 * i, 2 * i + 2);
    [[`start${i}`, state.start[i]], [`from${i}`, ends[0]], [`to${i}`, ends[1]]].forEach(([id, x]) => { if (document.activeElement !== find(id)) find(id).value = Number(x.toPrecision(6)); });
  });
  Object.assign(find("step"), { max: state.last, value: state.at });
  find("progress").textContent = `step ${state.at} of ${state.last}`;
  for (const walker of state.walkers) {
    const { states, end } = walker.way, k = reached(walker.way), [where, height] = [...walker.row.children].slice(-2);
    walker.row.classList.toggle("chosen", walker.i === state.chosen);
    walker.button.setAttribute("aria-pressed", walker.i === state.chosen);
    where.textContent = walker.on ? `(${states[k].p.map(figure).join(", ")})` : "";
    height.textContent = walker.on ? [figure(states[k].f), ...(k === states.length - 1 ? ENDS[end] : [])].join(" · ") : "";
  }
  for (const [id, off] of [["first", !state.at], ["previous", !state.at], ["next", state.at === state.last], ["last", state.at === state.last]]) find(id).setAttribute("aria-disabled", off);
}

function spoken() {
  const told = shown().map(walker => {
    const now = walker.way.states[reached(walker.way)];
    const end = state.at >= walker.way.states.length - 1 ? ENDS[walker.way.end] : [];
    return [`${walker.name} at (${now.p.map(figure).join(", ")})`, `f = ${figure(now.f)}`, ...end].join(", ");
  });
  return `Step ${state.at}: ${told.join("; ") || "no optimiser is chosen"}.`;
}

const go = k => { state.at = k; moved(); };
const ACTIONS = { first: () => go(0), previous: () => go(state.at - 1), next: () => go(state.at + 1), last: () => go(state.last), play: () => state.playing ? pause(true) : play() };

function play() {
  if (state.at === state.last) state.at = 0;
  find("play").setAttribute("aria-pressed", true);
  let before = performance.now(), due = 0;
  const tick = now => {
    if (!state.playing) return;
    due += (now - before) / 1000 * find("speed").value;
    before = now;
    if (due >= 1) {
      state.at += Math.floor(due);
      due %= 1;
      moved();
    }
    if (state.playing) state.playing = requestAnimationFrame(tick);
  };
  state.playing = requestAnimationFrame(tick);
}

function pause(tell) {
  const was = state.playing;
  cancelAnimationFrame(state.playing);
  state.playing = 0;
  find("play").setAttribute("aria-pressed", false);
  if (was || tell) find("sentence").textContent = spoken();
}

for (const [id, act] of Object.entries(ACTIONS)) find(id).addEventListener("click", () => { if (id !== "play") pause(); act(); });
find("step").addEventListener("input", () => { pause(); go(Number(find("step").value)); });
find("surface").addEventListener("change", () => { const known = content.surfaces[find("surface").value]; if (known) take(known); else find("formula").focus(); });
find("formula").addEventListener("input", () => { state.at = 0; find("surface").value = ""; written(); });
for (const key of [...Object.values(KINDS), "squares"]) find(key).addEventListener("change", vectors);
[0, 1].forEach(i => {
  find(`start${i}`).addEventListener("input", event => number(event.target, () => true, x => begin(state.start.with(i, x))));
  ["from", "to"].forEach((end, k) => find(`${end}${i}`).addEventListener("change", event => number(event.target, x => k ? x > state.domain[2 * i] : x < state.domain[2 * i + 1],
    x => { state.domain[2 * i + k] = x; ground(); show(); })));
});
find("most").addEventListener("input", event => number(event.target, x => Number.isInteger(x) && x >= 0 && x <= MOST_STEPS, x => { state.most = x; anew(); }));
find("map").addEventListener("click", event => {
  const box = find("shades").getBoundingClientRect(), [x0, x1, y0, y1] = state.domain;
  const [u, v] = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  if (u >= 0 && u <= 1 && v >= 0 && v <= 1) begin([x0 + u * (x1 - x0), y1 - v * (y1 - y0)]);
});
document.addEventListener("keydown", event => {
  const { key, target } = event, id = Object.keys(KEYS).find(id => KEYS[id].includes(key));
  if (!id || event.ctrlKey || event.altKey || event.metaKey || /INPUT|SELECT|TEXTAREA/.test(target.tagName)) return;
  if (key === " " && /BUTTON|SUMMARY/.test(target.tagName)) return;
  if (id !== "play") pause();
  ACTIONS[id]();
  event.preventDefault();
});
find("map").addEventListener("keydown", event => { // arrows move the start, Enter starts
  const [dx, dy] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key] ?? [0, 0];
  if (event.ctrlKey || event.altKey || event.metaKey || !(dx || dy || state.aim && /^(Enter|Escape)$/.test(event.key))) return;
  event.preventDefault();
  event.stopPropagation();
  if (event.key === "Enter") return begin(state.aim);
  if (event.key === "Escape") state.aim = null; else aim(dx, dy, event.shiftKey ? FINE : COARSE);
  paths();
});
find("map").addEventListener("blur", () => { state.aim = null; paths(); });

function aim(dx, dy, share) {
  const [x0, x1, y0, y1] = state.domain, within = (x, low, high) => Math.min(Math.max(x, low), high), [x, y] = state.aim ?? state.start;
  state.aim = short([within(x + dx * share * (x1 - x0), x0, x1), within(y + dy * share * (y1 - y0), y0, y1)]);
  const there = content.names.map((name, i) => chain([name, numeral(state.aim[i])]));
  find("sentence").textContent = `New start ${there.join(", ")}: Enter starts there.`;
}

new ResizeObserver(picture).observe(find("paper"));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", ground);
