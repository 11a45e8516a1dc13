// The controls: what each changes, and from where on. Data and networks begin anew, rates go on from here.
const RATES = [0.00001, 0.0001, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10], PENALTY_RATES = [0, ...RATES.slice(2)];
const CHOICES = {
  learningRate: RATES.map(rate => [rate, String(rate)]),
  activation: [["relu", "ReLU"], ["tanh", "tanh"], ["sigmoid", "sigmoid"], ["linear", "linear"]],
  regularization: [["none", "none"], ["L1", "L1"], ["L2", "L2"]],
  regularizationRate: PENALTY_RATES.map(rate => [rate, String(rate)]),
  problem: [["classification", "classification"], ["3", "3 classes"], ["4", "4 classes"], ["5", "5 classes"], ["regression", "regression"]],
  cg_optimizer: [["sgd", "gradient descent"], ...Object.keys(OPTIMIZERS).map(name => [name, name])],
  cg_rival: [["none", "nobody"], ["sgd", "gradient descent"], ...Object.keys(OPTIMIZERS).map(name => [name, name])],
  cg_rivalRate: RATES.map(rate => [rate, String(rate)]),
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
let play, maps, running = false, hand = "epoch", frame = 0;

function change(key, value, more = {}) {
  const state = { ...play.state, [key]: value, ...more };
  if (SEEN.includes(key)) play.state = state;
  else if (LIVE.includes(key)) {
    play.state = state;
    play.clock.change(play.settings);
    rival?.clock.change({ ...play.settings, learningRate: rival.state.learningRate });
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
  challenge();
  course = [];
  opened = pinned = hovered = null;
  operation = 0;
  find("trouble").textContent = "";
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
  const { net: { memory }, clock: { epoch } } = play, other = rival?.net.memory;
  play = new Play(state);
  play.resume(memory, epoch);
  maps = new Maps(play);
  challenge();
  rival?.resume(other, epoch);
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
  challenge();
  course = [];
  operation = 0;
  find("trouble").textContent = "";
  note(play.losses);
  drawPicture();
  address();
  wake();
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
  follow: () => {
    operation = 0;
    inspect(pinned = null);
    find("board").focus();
  },
  loss: () => inspect({ loss: true }), previous: () => behind("operation"), next: () => ahead("operation"),
  first: () => moveTo(0), last: () => moveTo(operations(trace()).length),
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
  operation = 0;
  if (found) inspect(null);
  else wake();
});
find("map").addEventListener("keydown", event => {
  const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (event.key === "Escape") pinned = null;
  else if (by) pinned = { set: "train", index: ((pinned?.index ?? play.clock.sample) + by + play.train.length) % play.train.length };
  else return;
  event.stopPropagation();
  operation = 0;
  inspect(null);
});

const SHORTCUTS = { " ": () => run(!running), p: () => run(!running), r: ACTIONS.rewind, n: ACTIONS.renew, ArrowRight: () => ahead(hand), ArrowLeft: () => behind(hand),
  Escape: () => { opened = pinned = null; wake(); } };
document.addEventListener("keydown", event => {
  const { key, target } = event, busy = ["INPUT", "SELECT", "TEXTAREA"].includes(target.tagName) || (target.tagName === "BUTTON" && key === " ");
  if (busy || event.ctrlKey || event.altKey || event.metaKey || !SHORTCUTS[key]) return;
  event.preventDefault();
  SHORTCUTS[key]();
});
