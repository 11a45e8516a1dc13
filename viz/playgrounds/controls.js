// The controls: what each changes, and from where on. Data and networks begin anew, rates go on from here.
const RATES = [0.00001, 0.0001, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10], PENALTY_RATES = [0, ...RATES.slice(2)];
const CHOICES = {
  learningRate: RATES.map(rate => [rate, String(rate)]),
  activation: [["relu", "ReLU"], ["tanh", "tanh"], ["sigmoid", "sigmoid"], ["linear", "linear"]],
  regularization: [["none", "none"], ["L1", "L1"], ["L2", "L2"]],
  regularizationRate: PENALTY_RATES.map(rate => [rate, String(rate)]),
  problem: [["classification", "classification"], ["3", "3 classes"], ["4", "4 classes"], ["5", "5 classes"], ["regression", "regression"]],
  cg_optimizer: [["sgd", "gradient descent"], ...Object.keys(OPTIMIZERS).map(name => [name, name])],
  cg_dropout: [0, 0.1, 0.2, 0.3, 0.5].map(share => [share, String(share)]),
};
const TITLES = { circle: "Circle", xor: "Exclusive or", gauss: "Gaussian", spiral: "Spiral", "reg-plane": "Plane", "reg-gauss": "Multi gaussian" };
const RANGES = ["percTrainData", "noise", "batchSize"], CHECKS = ["showTestData", "discretize"];
const DRAWN_ANEW = ["dataset", "regDataset", "noise", "percTrainData", "problem"]; // with a new seed, as the original's
const LIVE = ["learningRate", "regularization", "regularizationRate", "batchSize", "cg_dropout"];
const SEEN = ["showTestData", "discretize", "cg_stopEpoch", "cg_stopLoss"];
const STOPS = ["cg_stopEpoch", "cg_stopLoss"];
const MOST_HIDDEN = 6, MOST_UNITS = 8;
const HANDS = ["epoch", "batch", "sample", "operation"];
let play, maps, running = false, hand = "epoch", frame = 0, isDirty = true;

function change(key, value, more = {}) {
  const state = { ...play.state, [key]: value, ...more };
  if (SEEN.includes(key)) play.state = state;
  else if (LIVE.includes(key)) {
    play.state = state;
    play.clock.change(play.settings);
    fillControls();
  } else begin(DRAWN_ANEW.includes(key) ? { ...state, seed: newSeed(), model: null } : { ...state, model: null });
  if (key === "discretize") drawPicture();
  address();
  wake();
}

function choose(problem) { // of the settings: two classes or more, or a regression; an own data set says what it is
  const many = Number(problem) || 2;
  change("problem", many > 2 ? "classification" : problem, { cg_classes: many, own: null });
}

function begin(state) { // a playground from its start
  run(false);
  play = new Play(state);
  maps = new Maps(play);
  course = [];
  opened = pinned = hovered = null;
  operation = 0;
  show();
}

function show() { // all that a state decides
  fillControls();
  drawPicture();
  note(play.losses);
  wake();
}

function address() { // the link says what is set
  try {
    window.history.replaceState(null, "", writeLink(play.state));
  } catch { /* a frame without an address */ }
}

function resize(layer, count) {
  if (count < 1 || count > Math.max(MOST_UNITS, play.state.networkShape[layer - 1])) return;
  change("networkShape", play.state.networkShape.map((n, i) => i === layer - 1 ? count : n));
}

function regenerate() { // data of a new seed; the weights stay, as in the original
  anotherData({ ...play.state, seed: newSeed() });
}

function anotherData(state) { // behind the same weights, which have trained so far
  const { net: { memory }, clock: { epoch } } = play;
  play = new Play(state);
  play.net.memory.set(memory);
  Object.assign(play.clock, { epoch, marks: [] });
  play.clock.mark();
  maps = new Maps(play);
  pinned = null;
  operation = 0;
  course = [];
  note(play.losses);
  address();
  wake();
}

function anew(action) { // from the first weights, or from new ones
  run(false);
  action();
  maps = new Maps(play);
  course = [];
  operation = 0;
  find("trouble").textContent = "";
  note(play.losses);
  drawPicture();
  address();
  wake();
}

// ── the clock ────────────────────────────────────────────────────────────────────────────────────

function ahead(which) {
  hand = which;
  run(false);
  if (pinned) pinned = null;
  if (which === "operation" && operation < operations(trace()).length - 1) operation += 1;
  else {
    operation = 0;
    if (!play.clock.ahead(which === "operation" ? "sample" : which)) tellTrouble();
  }
  moved();
}

function behind(which) {
  hand = which;
  run(false);
  pinned = null;
  if (which === "operation" && operation) operation -= 1;
  else if (operation) operation = 0; // to this sample's beginning
  else if (play.clock.back(which === "operation" ? "sample" : which) && which === "operation") operation = operations(trace()).length - 1;
  moved();
}

function moved() {
  const { learningRate, regularization, regularizationRate, batchSize, dropout } = play.clock.settings;
  play.state = { ...play.state, learningRate, regularization, regularizationRate, batchSize, cg_dropout: dropout };
  fillControls();
  note(play.losses);
  address();
  wake();
}

function tellTrouble() { // training has stopped before it
  const { strange, number } = play.clock.trouble, { links } = play.net;
  const name = strange < links ? weightName(strange) : biasName(strange - links);
  find("trouble").textContent = `The next update would make ${name} ${Number.isNaN(number) ? "not a number" : "infinite"}. Training has stopped before it: take a smaller learning rate, or rewind.`;
  run(false);
}

function run(on) {
  running = on;
  find("play").setAttribute("aria-pressed", on);
  find("play").textContent = on ? "❚❚ pause" : "▶ play";
  if (on) {
    pinned = pinned && null;
    operation = 0;
  }
  wake();
}

function tick() { // a frame
  frame = 0;
  if (running) {
    if (!play.clock.ahead("epoch")) tellTrouble();
    note(play.losses);
    if (isReached()) run(false);
  }
  render();
  if (running) wake();
}

function isReached() { // a condition under which training stops
  const { cg_stopEpoch: epoch, cg_stopLoss: loss } = play.state, [now, , test] = course.at(-1) ?? [0, 0, Infinity];
  return (epoch > 0 && now >= epoch) || (loss > 0 && test <= loss);
}

function wake() { // draw the next frame
  isDirty = true;
  frame ||= requestAnimationFrame(tick);
}

// ── what is seen ─────────────────────────────────────────────────────────────────────────────────

function render() {
  maps.calculate(running);
  dressLinks();
  dressNeurons();
  paintLarge();
  paintPoints();
  showNumbers();
  drawChart();
  showBoard();
  fillCard();
}

function showNumbers() {
  const [train, test] = course.at(-1)?.slice(1) ?? [], now = play.clock.sample ? play.losses : [train, test];
  find("loss-train").textContent = brief(now[0]);
  find("loss-test").textContent = brief(now[1]);
  const { epoch, sample, count, settings: { batchSize } } = play.clock, batches = Math.max(1, Math.ceil(count / batchSize));
  const said = {
    epoch: epoch.toLocaleString("en"), batch: `${Math.floor(sample / batchSize)} of ${batches}`, sample: `${sample} of ${count}`,
    operation: running ? "" : `${operation} of ${operations(trace()).length}`,
  };
  showScore();
  for (const name of HANDS) find(`hand-${name}`).textContent = said[name];
}

function showScore() { // how many points are classified right, and as what the others
  const { classes } = play, box = find("score");
  box.hidden = !classes.length;
  if (!classes.length) return;
  const names = play.state.own?.names ?? classes.map(label => numeral(label).text), outputs = play.outputs();
  const [train, test] = play.sets.map(({ labels }, i) => confusion(outputs[i], labels, classes));
  const share = counts => {
    const all = counts.flat().reduce((sum, n) => sum + n, 0), right = counts.reduce((sum, row, k) => sum + row[k], 0);
    return all ? `${(100 * right / all).toFixed(1)} %` : "—";
  };
  find("accuracy").textContent = `Accuracy: test ${share(test)}, training ${share(train)}`;
  if (!box.open) return;
  const head = element("tr", "", element("th", "right \\ predicted"), ...names.map(name => element("th", name)));
  const rows = test.map((row, k) => element("tr", "", element("th", names[k]), ...row.map(n => element("td", String(n)))));
  find("confusion").replaceChildren(head, ...rows);
}

function fillControls() {
  const { state } = play;
  for (const [key, choices] of Object.entries(CHOICES)) {
    const now = key === "problem" && play.classes.length > 2 ? String(play.classes.length) : state[key];
    const known = choices.some(([value]) => value === now);
    const all = known ? choices : [[now, String(now)], ...choices];
    find(key).replaceChildren(...all.map(([value, text]) => Object.assign(element("option", text), { value })));
    find(key).value = now;
  }
  for (const key of STOPS) if (find(key) !== document.activeElement) find(key).value = state[key] || "";
  find("noise").max = Math.max(MOST_NOISE, state.noise);
  find("batchSize").max = Math.max(30, state.batchSize);
  for (const key of RANGES) find(key).value = find(`${key}-value`).textContent = state[key];
  for (const key of CHECKS) find(key).checked = state[key];
  const layers = state.networkShape.length;
  find("layer-count").textContent = `${layers} hidden ${layers === 1 ? "layer" : "layers"}`;
  fillDatasets();
  for (const each of document.querySelectorAll("[data-control]")) each.hidden = isHiddenControl(state, each.dataset.control);
  for (const each of document.querySelectorAll(".words")) each.hidden = state.hideText;
}

function fillDatasets() { // thumbnails, of the same points always
  const { problem, cg_classes: classes, own } = play.state, key = problem === "regression" ? "regDataset" : "dataset", box = find("datasets");
  const kind = `${problem} ${classes}`;
  if (box.dataset.problem !== kind) {
    box.dataset.problem = kind;
    box.replaceChildren(...Object.keys(DATASETS[problem]).map(name => {
      const button = element("button", ""), canvas = element("canvas", "");
      canvas.width = canvas.height = 64;
      button.type = "button";
      button.dataset.name = name;
      button.title = TITLES[name];
      button.setAttribute("role", "radio");
      button.setAttribute("aria-label", TITLES[name]);
      button.append(canvas);
      button.addEventListener("click", () => (play.state[key] === name && !play.state.own) || change(key, name, { own: null }));
      thumbnail(canvas, name, problem, classes);
      return button;
    }));
  }
  for (const each of box.children) {
    const isChosen = each.dataset.name === play.state[key] && !own;
    each.setAttribute("aria-checked", isChosen);
    each.tabIndex = isChosen || (own && each === box.firstChild) ? 0 : -1;
  }
}

function thumbnail(canvas, name, problem, classes) {
  const context = canvas.getContext("2d");
  for (const p of drawPoints(randomFrom(name), problem, name, 0, problem === "regression" ? 2 : classes).filter((_, i) => i % 3 === 0)) {
    const [u, v] = spot(p, canvas.width);
    context.fillStyle = labelColour(p.label, classes > 2 && problem !== "regression");
    context.fillRect(u - 1.5, v - 1.5, 3, 3);
  }
}

// ── what the controls do ─────────────────────────────────────────────────────────────────────────

for (const key of Object.keys(CHOICES)) find(key).addEventListener("change", event => {
  const { value } = event.target;
  if (key === "problem") choose(value);
  else change(key, typeof CHOICES[key][0][0] === "number" ? Number(value) : value);
});
for (const key of RANGES) find(key).addEventListener("input", event => change(key, Number(event.target.value)));
for (const key of CHECKS) find(key).addEventListener("change", event => change(key, event.target.checked));
for (const key of STOPS) find(key).addEventListener("input", event => change(key, Math.max(0, Number(event.target.value)) || 0));
find("score").addEventListener("toggle", wake);
find("settings").addEventListener("submit", event => event.preventDefault());
find("datasets").addEventListener("keydown", event => { // arrows choose, as in every group of radio buttons
  const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key], all = [...find("datasets").children];
  if (!by) return;
  event.preventDefault();
  event.stopPropagation();
  const next = all[(all.indexOf(event.target) + by + all.length) % all.length];
  next.click();
  next.focus();
});
const ACTIONS = {
  play: () => run(!running), rewind: () => anew(() => play.rewind()), renew: () => anew(() => play.renew()), regenerate,
  follow: () => { inspect(pinned = null); find("board").focus(); },
  fewer: () => play.state.networkShape.length && change("networkShape", play.state.networkShape.slice(0, -1)),
  more: () => play.state.networkShape.length < MOST_HIDDEN && change("networkShape", [...play.state.networkShape, 2]),
};
for (const [id, action] of Object.entries(ACTIONS)) find(id).addEventListener("click", action);
for (const name of HANDS) {
  const box = element("div", ""), button = (sign, action, about) => {
    const made = element("button", sign);
    made.id = `${about}-${name}`;
    made.setAttribute("aria-label", `${about === "ahead" ? "Next" : "Previous"} ${name}`);
    made.title = made.getAttribute("aria-label");
    made.addEventListener("click", () => action(name));
    return made;
  };
  const output = element("output", "");
  output.id = `hand-${name}`;
  box.className = "hand";
  box.append(element("span", name), button("◀", behind, "back"), output, button("▶", ahead, "ahead"));
  find("clock").append(box);
}

find("map").addEventListener("click", event => {
  if (!find("own").hidden && find("own-draw").value) return drawPoint(event);
  const found = nearest(event);
  pinned = found;
  if (found) opened = null;
  wake();
});
find("map").addEventListener("keydown", event => {
  const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (event.key === "Escape") pinned = null;
  else if (by) pinned = { set: "train", index: ((pinned?.index ?? play.clock.sample) + by + play.train.length) % play.train.length };
  else return;
  event.stopPropagation();
  opened = null;
  wake();
});

const SHORTCUTS = { " ": () => run(!running), p: () => run(!running), r: ACTIONS.rewind, n: ACTIONS.renew, ArrowRight: () => ahead(hand), ArrowLeft: () => behind(hand),
  Escape: () => { opened = pinned = null; wake(); } };
document.addEventListener("keydown", event => {
  const { key, target } = event, busy = ["INPUT", "SELECT", "TEXTAREA"].includes(target.tagName) || (target.tagName === "BUTTON" && key === " ");
  if (busy || event.ctrlKey || event.altKey || event.metaKey || !SHORTCUTS[key]) return;
  event.preventDefault();
  SHORTCUTS[key]();
});
