// The link: #key=value&…, as the original writes it; what it does not know is kept, our own keys begin with cg_.
const truth = text => text !== "false";
const number = (text, before) => Number.isFinite(Number(text)) ? Number(text) : before;
const oneOf = (...names) => (text, before) => names.includes(text) ? text : before;
const KEYS = { // in the order in which they are written: the value without a link, and how a text becomes one
  activation: ["tanh", oneOf("relu", "tanh", "sigmoid", "linear")],
  regularization: ["none", oneOf("none", "L1", "L2")],
  batchSize: [10, number],
  dataset: ["circle", oneOf(...Object.keys(DATASETS.classification))],
  regDataset: ["reg-plane", oneOf(...Object.keys(DATASETS.regression))],
  learningRate: [0.03, number],
  regularizationRate: [0, number],
  noise: [0, number],
  networkShape: [[4, 2], shapeOf],
  seed: [null, text => text],
  showTestData: [false, truth],
  discretize: [false, truth],
  percTrainData: [50, number],
  x: [true, truth], y: [true, truth], xTimesY: [false, truth], xSquared: [false, truth], ySquared: [false, truth],
  cosX: [false, truth], sinX: [false, truth], cosY: [false, truth], sinY: [false, truth],
  collectStats: [false, truth],
  tutorial: [null, text => text],
  problem: ["classification", oneOf("classification", "regression")],
  initZero: [false, truth],
  hideText: [false, truth],
};
const atLeast = (least, most = Infinity, whole = false) => (text, before) =>
  Number(text) >= least && Number(text) <= most && (!whole || Number.isInteger(Number(text))) ? Number(text) : before;
const OWN_KEYS = { // written behind all others where they say something
  cg_functions: ["fdlibm", oneOf(...Object.keys(FUNCTIONS))], // whose sin, cos and log draw the data
  cg_redraws: [0, atLeast(0, 1e6, true)], // how often weights were drawn anew
  cg_classes: [2, atLeast(2, MOST_CLASSES, true)],
  cg_activations: [[], text => text.split(",").map(name => Object.hasOwn(ACTIVATIONS, name) ? name : "")], // of each layer
  cg_optimizer: ["sgd", oneOf("sgd", ...Object.keys(OPTIMIZERS))],
  cg_inputs: [[], formulasOf], // of your own, in the order in which they were added
  cg_dropout: [0, atLeast(0, 0.9)],
  cg_rival: ["none", oneOf("none", "sgd", ...Object.keys(OPTIMIZERS))], cg_rivalRate: [0.03, number], // the race
  cg_stopEpoch: [0, atLeast(0)], cg_stopLoss: [0, atLeast(0)],
};
const ALL_KEYS = { ...KEYS, ...OWN_KEYS };
const DATA = "cg_data", MOST_WRITTEN = 4000, MOST_READ = 1e6; // own data: characters of a link
const MAYBE_EMPTY = "networkShape", HIDE = "_hide"; // no hidden layer; behind what is hidden
const MOST_NOISE = 50, WIDE_NOISE = 80;

function shapeOf(text, before) {
  const sizes = text.trim() ? text.split(",").map(Number) : [];
  const fits = sizes.length <= MOST_LAYERS && sizes.every(n => Number.isInteger(n) && n >= 1 && n <= MOST_NEURONS);
  return fits ? sizes : before;
}

const newSeed = () => Math.random().toFixed(5);

const classesOf = (problem, count) => problem === "regression" ? [] : count > 2 ? Array.from({ length: count }, (_, k) => k) : [-1, 1];

function dataOf(text, { problem, cg_classes: count }) { // x,y,label;… as own data; null where a row cannot be read
  const classes = classesOf(problem, count), plain = decoded(text).replace(/;$/, "");
  if (plain.length > MOST_READ || !/^[-+.,;\de]*$/i.test(plain)) return null;
  const rows = plain.split(";").map(row => row.split(",").map(asNumber));
  const fits = rows.every(row => row.length === 3 && row.every(Number.isFinite) && (!classes.length || classes.includes(row[2])));
  return fits ? { points: rows.map(([x, y, label]) => ({ x, y, label })), classes, formulas: [] } : null;
}

function dataText({ points }) { // as a link has them
  return points.text ??= points.map(({ x, y, label }) => [x, y, label].join()).join(";");
}

const isTooLong = own => Boolean(own) && dataText(own).length > MOST_WRITTEN;

function readLink(text) { // what a link says, and what it leaves out; `others` are pairs that are kept as they are
  const state = Object.fromEntries(Object.entries(ALL_KEYS).map(([key, [usual]]) => [key, usual])), others = new Map();
  const pairs = text.slice(text.indexOf("#") + 1).split("&").map(pair => pair.split("=")).filter(([key]) => key);
  for (const [key, value] of pairs) {
    if (!Object.hasOwn(ALL_KEYS, key)) others.set(key, value ?? "");
    else if (value !== undefined && (value.trim() || key === MAYBE_EMPTY)) state[key] = ALL_KEYS[key][1](value, state[key]);
  }
  if (state.noise < 0) state.noise = 0;
  if (state.noise > WIDE_NOISE) state.noise = MOST_NOISE;
  const data = others.get(DATA), own = data ? dataOf(data, state) : null;
  others.delete(DATA);
  return { ...state, seed: state.seed ?? newSeed(), others, own, isLost: Boolean(data) && !own };
}

function writeLink(state) {
  const value = key => key === "regularization" && state[key] === "none" ? undefined : state[key];
  const known = Object.keys(KEYS).filter(key => value(key) != null).map(key => `${key}=${value(key)}`);
  const own = Object.keys(OWN_KEYS).filter(key => String(state[key]) !== String(OWN_KEYS[key][0])).map(key => `${key}=${String(state[key]).replaceAll(" ", "")}`);
  if (state.own?.points.length && !isTooLong(state.own)) own.push(`${DATA}=${dataText(state.own)}`);
  const hidden = ([key]) => key.endsWith(HIDE), others = [...state.others];
  const rest = [...others.filter(hidden), ...others.filter(pair => !hidden(pair))];
  return `#${[...known, ...rest.map(pair => pair.join("=")), ...own].join("&")}`;
}

const isHiddenControl = (state, name) => state.others.get(name + HIDE) === "true";
