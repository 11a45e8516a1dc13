// A playground: the data, inputs and network that a link stands for, and their clock.
const ALL_INPUTS = Object.keys(INPUTS);
const points = (list, of) => Float64Array.from(list, of);

class Play {
  constructor(state) {
    this.state = state;
    this.random = randomFrom(state.seed);
    this.drawData();
    this.build();
    this.first = this.net.memory.slice();
  }

  get inputs() { return ALL_INPUTS.filter(name => this.state[name] && !isHiddenControl(this.state, name)); }
  get settings() {
    const { learningRate, regularizationRate, batchSize, regularization } = this.state;
    return Object.freeze({ learningRate, regularizationRate, batchSize, regularization, penalty: PENALTIES[regularization] });
  }

  drawData() {
    const { problem, dataset, regDataset, noise, percTrainData } = this.state;
    const name = problem === "regression" ? regDataset : dataset;
    Object.assign(this, drawPoints(this.random, problem, name, noise, percTrainData));
  }

  build() { // a network with new weights
    const { state, inputs } = this, hidden = state.networkShape.map(() => ACTIVATIONS[state.activation]);
    const last = ACTIVATIONS[state.problem === "regression" ? "linear" : "tanh"];
    this.net = new Network([inputs.length, ...state.networkShape, 1], [...hidden, last], LOSSES.square, "sgd");
    this.net.draw(this.random, state.initZero);
    this.tabulate();
  }

  tabulate() { // inputs and labels as arrays, of each point for training, of each input for losses
    const of = this.inputs.map(name => INPUTS[name].of);
    const columns = list => ({ inputs: of.map(f => points(list, p => f(p.x, p.y))), labels: points(list, p => p.label) });
    this.sets = [this.train, this.test].map(list => ({ ...columns(list), columns: { z: new Float64Array(list.length), a: [] } }));
    const rows = new Float64Array(this.train.length * of.length);
    this.train.forEach((p, i) => of.forEach((f, k) => rows[i * of.length + k] = f(p.x, p.y)));
    this.clock = new Clock(this.net, { inputs: rows, labels: this.sets[0].labels }, this.settings);
  }

  get losses() { // of training data and test data, as they stand
    const outputs = this.net.first.at(-2);
    return this.sets.map(({ inputs, labels, columns }) =>
      meanLoss(this.net.loss, this.net.columns(inputs, labels.length, columns).slice(outputs), labels));
  }

  rewind() { // to the first weights
    this.net.memory.set(this.first);
    this.clock = new Clock(this.net, this.clock.data, this.settings);
  }

  renew() { // to weights that the stream gives next, as the original's reset
    this.build();
    this.first = this.net.memory.slice();
  }

  weights() { // a list a neuron, bias first
    const { sizes, first, base, w, b } = this.net;
    return sizes.slice(1).flatMap((size, l) => Array.from({ length: size }, (_, j) =>
      [b[first[l + 1] + j], ...w.subarray(base[l + 1] + j * sizes[l], base[l + 1] + (j + 1) * sizes[l])]));
  }
}
