// A network of neurons in typed arrays: all that training changes is one array, so that a state is a copy of it.
const FIRST_BIAS = 0.1;

function chance(place, node) { // a number of [0, 1) that depends on the clock alone, so that a step back finds the same
  let h = Math.imul(place + 1, 0x9E3779B1) ^ Math.imul(node + 1, 0x85EBCA6B);
  h = Math.imul(h ^ h >>> 16, 0x45D9F3B);
  h = Math.imul(h ^ h >>> 16, 0x45D9F3B);
  return ((h ^ h >>> 16) >>> 0) / 2 ** 32;
}

class Network {
  constructor(sizes, kinds, loss, optimizer) { // neurons of each layer, inputs first; activations of all but the inputs
    Object.assign(this, { sizes, kinds, loss, rule: OPTIMIZERS[optimizer] });
    this.first = [];
    this.base = [0];
    let nodes = 0, links = 0;
    sizes.forEach((size, l) => {
      this.first.push(nodes);
      nodes += size;
      if (l) this.base.push(links);
      if (l) links += size * sizes[l - 1];
    });
    Object.assign(this, { nodes, links, first: [...this.first, nodes], base: [...this.base, links] });
    this.room();
    [this.z, this.a, this.up, this.delta] = Array.from({ length: 4 }, () => new Float64Array(nodes)); // ∂L/∂a is `up`
  }

  room() { // names for the parts of the one array
    const { nodes, links } = this, slots = Object.entries(this.rule?.slots ?? {}), each = nodes + links;
    this.memory = new Float64Array(2 + each * (2 + slots.length) + links);
    let from = 2; // the number of samples since the last update; the number of updates
    const part = size => this.memory.subarray(from, from += size);
    this.parameters = part(each);
    this.gradients = part(each); // sums over the samples since the last update
    this.slots = Object.fromEntries(slots.map(([name, start]) => [name, part(each).fill(start)]));
    this.dead = part(links);
    [this.w, this.dw] = [this.parameters, this.gradients].map(all => all.subarray(0, links));
    [this.b, this.db] = [this.parameters, this.gradients].map(all => all.subarray(links));
  }

  draw(random, zero) { // first weights; the random numbers are drawn for zeros too
    for (let k = 0; k < this.links; k++) {
      const x = random() - 0.5;
      this.w[k] = zero ? 0 : x;
    }
    this.b.fill(zero ? 0 : FIRST_BIAS, this.sizes[0]);
  }

  drop(rate, place) { // which hidden neurons are left out at this place of the clock; those that stay are scaled up
    const last = this.first.at(-2);
    this.keep ??= new Float64Array(this.nodes);
    for (let j = this.sizes[0]; j < last; j++) this.keep[j] = chance(place, j) < rate ? 0 : 1 / (1 - rate);
  }

  forward(inputs, from) { // of one point, whose inputs begin there
    const { sizes, first, base, w, b, z, a, kinds } = this;
    for (let i = 0; i < sizes[0]; i++) a[i] = inputs[from + i];
    for (let l = 1; l < sizes.length; l++) {
      const start = first[l - 1], stop = first[l], end = first[l + 1];
      let k = base[l];
      for (let j = stop; j < end; j++) {
        let sum = b[j];
        for (let i = start; i < stop; i++) sum += w[k++] * a[i];
        z[j] = sum;
      }
      kinds[l - 1].run(z, a, stop, end);
      if (this.keep && l < sizes.length - 1) for (let j = stop; j < end; j++) a[j] *= this.keep[j];
    }
  }

  backward(target) { // adds this point's gradients to those of the batch
    const { sizes, first, base, w, a, z, up, delta, dw, db, kinds } = this, last = sizes.length - 1;
    this.loss.pull(a, target, up, first[last], first[last + 1]);
    for (let l = last; l > 0; l--) {
      const start = first[l - 1], stop = first[l], end = first[l + 1];
      if (this.keep && l < last) this.pullKept(l);
      else kinds[l - 1].pull(z, a, up, delta, stop, end);
      let k = base[l];
      for (let j = stop; j < end; j++) {
        const d = delta[j];
        db[j] += d;
        for (let i = start; i < stop; i++) dw[k++] += d * a[i];
      }
      if (l > 1) this.hand(l, base[l]);
    }
    this.memory[0] += 1;
  }

  pullKept(l) { // with the activations as they were before some were left out
    const { first, z, up, delta, kinds, keep } = this, start = first[l], end = first[l + 1];
    this.raw ??= new Float64Array(this.nodes);
    kinds[l - 1].run(z, this.raw, start, end);
    for (let j = start; j < end; j++) up[j] *= keep[j];
    kinds[l - 1].pull(z, this.raw, up, delta, start, end);
  }

  hand(l, k) { // ∂L/∂a of the layer before
    const { first, w, up, delta } = this, start = first[l - 1], stop = first[l], end = first[l + 1];
    for (let i = start; i < stop; i++) up[i] = 0;
    for (let j = stop; j < end; j++) for (let i = start; i < stop; i++) up[i] += w[k++] * delta[j];
  }

  update({ learningRate: rate, regularizationRate, penalty }) {
    const { w, dead, links, memory } = this, before = penalty ? w.slice() : w, count = memory[0];
    if (!count) return;
    if (this.rule) this.follow(rate, count);
    else this.descend(rate, count);
    const step = rate * regularizationRate;
    if (penalty) for (let k = 0; k < links; k++) {
      if (dead[k]) continue;
      const old = w[k], x = old - step * penalty.slope(before[k]);
      dead[k] = penalty.kills && old * x < 0 ? 1 : 0;
      w[k] = dead[k] ? 0 : x;
    }
    this.gradients.fill(0);
    memory[0] = 0;
    memory[1] += 1;
  }

  descend(rate, count) { // w ← w − (η/n) Σ ∂L/∂w, b ← b − η Σ ∂L/∂b / n
    const { w, dw, b, db, dead, links, nodes } = this, share = rate / count;
    for (let k = 0; k < links; k++) if (!dead[k]) w[k] -= share * dw[k];
    for (let j = this.sizes[0]; j < nodes; j++) b[j] -= rate * db[j] / count;
  }

  follow(rate, count) { // one of nn's optimisers, along the mean of the gradients
    const { rule, parameters, gradients, slots, dead, links } = this;
    for (let k = 0; k < gradients.length; k++) gradients[k] /= count;
    rule.step(this.memory[1], rate, rule.numbers, gradients, parameters, slots);
    for (let k = 0; k < links; k++) if (dead[k]) parameters[k] = 0;
    this.b.fill(0, 0, this.sizes[0]);
  }

  columns(inputs, count, columns) { // of many points at once: z and a of every neuron, an array a neuron
    const { sizes, first, base, w, b, kinds } = this;
    for (let i = 0; i < sizes[0]; i++) columns.a[i] = inputs[i];
    for (let l = 1; l < sizes.length; l++) {
      let k = base[l];
      for (let j = first[l]; j < first[l + 1]; j++) {
        const z = columns.z;
        z.fill(b[j], 0, count);
        for (let i = first[l - 1]; i < first[l]; i++) {
          const weight = w[k++], a = columns.a[i];
          for (let p = 0; p < count; p++) z[p] += weight * a[p];
        }
        kinds[l - 1].run(z, columns.a[j] ??= new Float64Array(count), 0, count);
      }
    }
    return columns.a;
  }
}
