// A playground: the data, inputs and network that a link stands for, and their clock.
const ALL_INPUTS = Object.keys(INPUTS);
const points = (list, of) => Float64Array.from(list, of);

class Play {
  constructor(state) {
    this.state = state;
    state.cg_inputs.forEach(register);
    this.random = randomFrom(state.seed);
    calculate = FUNCTIONS[state.cg_functions];
    this.drawData();
    this.build();
    this.first = this.net.memory.slice();
  }

  get inputs() { return [...ALL_INPUTS.filter(name => this.state[name] && !isHiddenControl(this.state, name)), ...this.state.cg_inputs]; }
  get settings() {
    const { learningRate, regularizationRate, batchSize, regularization, cg_dropout: dropout } = this.state;
    return Object.freeze({ learningRate, regularizationRate, batchSize, regularization, dropout, penalty: PENALTIES[regularization] });
  }

  get classes() { // the labels, or none: a regression
    const { own, problem, cg_classes: count } = this.state;
    if (own) return own.classes;
    return classesOf(problem, count);
  }

  drawData() {
    const { problem, dataset, regDataset, noise, percTrainData, cg_classes, own } = this.state;
    const name = problem === "regression" ? regDataset : dataset, classes = problem === "regression" ? 0 : cg_classes;
    const list = own ? [...own.points] : drawPoints(this.random, problem, name, noise, classes);
    Object.assign(this, split(this.random, list, percTrainData));
  }

  build() { // a network with new weights
    const { state, inputs, classes } = this, outputs = Math.max(classes.length - 1, 1) > 1 ? classes.length : 1;
    const hidden = state.networkShape.map((_, l) => ACTIVATIONS[state.cg_activations[l] || state.activation]);
    const last = ACTIVATIONS[outputs > 1 || !classes.length ? "linear" : "tanh"];
    const loss = LOSSES[outputs > 1 ? outputs : "square"];
    this.net = new Network([inputs.length, ...state.networkShape, outputs], [...hidden, last], loss, state.cg_optimizer);
    for (let k = 0; k <= state.cg_redraws; k++) this.net.draw(this.random, state.initZero);
    if (state.model) this.take(state.model.weights);
    this.tabulate();
  }

  take(lists) { // weights as a list a neuron, bias first
    const { sizes, w, b } = this.net;
    w.set(lists.flatMap(([, ...ways]) => ways));
    b.set(lists.map(([bias]) => bias), sizes[0]);
  }

  tabulate() { // inputs and labels as arrays, of each point for training, of each input for losses
    const of = this.inputs.map(name => INPUTS[name].of);
    const columns = list => ({ inputs: of.map(f => points(list, p => f(p.x, p.y))), labels: points(list, p => p.label) });
    this.sets = [this.train, this.test].map(list => ({ ...columns(list), columns: { z: new Float64Array(list.length), a: [] } }));
    const rows = new Float64Array(this.train.length * of.length);
    this.train.forEach((p, i) => of.forEach((f, k) => rows[i * of.length + k] = f(p.x, p.y)));
    this.clock = new Clock(this.net, { inputs: rows, labels: this.sets[0].labels }, this.settings);
  }

  outputs() { // of training data and test data, an array an output
    const last = this.net.first.at(-2);
    return this.sets.map(({ inputs, labels, columns }) => this.net.columns(inputs, labels.length, columns).slice(last));
  }

  get losses() { // of training data and test data, as they stand
    return this.outputs().map((outputs, i) => meanLoss(this.net.loss, outputs, this.sets[i].labels));
  }

  rewind() { // to the first weights
    this.net.memory.set(this.first);
    this.clock = new Clock(this.net, this.clock.data, this.settings);
  }

  resume(memory, epoch) { // with a network that has trained so far, on other data
    this.net.memory.set(memory);
    Object.assign(this.clock, { epoch, sample: 0, marks: [] });
    this.clock.mark();
  }

  renew() { // to weights that the stream gives next, as the original's reset
    this.net.draw(this.random, this.state.initZero);
    this.state = { ...this.state, cg_redraws: this.state.cg_redraws + 1 };
    this.first.set(this.net.parameters, this.net.parameters.byteOffset / 8);
    this.rewind();
  }

  weights() { // a list a neuron, bias first
    const { sizes, first, base, w, b } = this.net;
    return sizes.slice(1).flatMap((size, l) => Array.from({ length: size }, (_, j) =>
      [b[first[l + 1] + j], ...w.subarray(base[l + 1] + j * sizes[l], base[l + 1] + (j + 1) * sizes[l])]));
  }
}
