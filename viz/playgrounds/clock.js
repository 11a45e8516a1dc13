// The clock: epochs, batches and samples forwards and back. A state is the network's one array; those between two
// states that are kept are calculated again from the one before, by the same arithmetic.
const MOST_BYTES = 48e6; // of states that are kept

class Clock {
  constructor(net, data, settings) { // data: inputs and labels of the training points, one after the other
    Object.assign(this, { net, data, settings, epoch: 0, sample: 0, marks: [] });
    this.mark();
  }

  get count() { return this.data.labels.length; }
  get place() { return this.epoch * this.count + this.sample; }
  isUpdated(sample) { return sample % this.settings.batchSize === 0; } // after so many samples of an epoch

  mark() { // keep this state, in place of one that was kept here
    const { epoch, sample, settings, place } = this, memory = this.net.memory.slice();
    while (this.marks.length && this.marks.at(-1).place >= place) this.marks.pop();
    this.marks.push({ place, epoch, sample, settings, memory });
    if (this.marks.length * memory.byteLength > MOST_BYTES) this.thin();
  }

  thin() { // every second one of the older half goes
    const half = this.marks.length >> 1;
    this.marks = this.marks.filter((_, i) => i === 0 || i > half || i % 2);
  }

  change(settings) { // from here on
    this.settings = Object.freeze({ ...this.settings, ...settings });
    this.mark();
  }

  once() { // one sample, and the update behind a batch
    const { net, data, settings: { dropout } } = this;
    if (dropout) net.drop(dropout, this.place);
    else net.keep = null;
    net.forward(data.inputs, this.sample * net.sizes[0]);
    net.backward(data.labels[this.sample]);
    this.sample += 1;
    if (this.isUpdated(this.sample)) net.update(this.settings);
    if (this.sample >= this.count) {
      this.epoch += 1;
      this.sample = 0;
    }
  }

  ahead(hand) { // one step of a hand; whether all numbers are finite still
    const before = this.place;
    if (!this.count) return true;
    if (!this.sample && !this.isMarked()) this.mark();
    do this.once(); while (!this.isAt(hand));
    if (!this.isFinite()) return this.stopBefore(before);
    if (!this.sample) this.mark();
    return true;
  }

  isMarked() { return this.marks.at(-1)?.place === this.place; }
  isAt(hand) { return !this.sample || hand === "sample" || (hand === "batch" && this.isUpdated(this.sample)); }
  isFinite() { return this.net.parameters.every(Number.isFinite); }

  stopBefore(place) { // the sample whose update makes a number infinite
    this.goTo(place);
    let last;
    do {
      last = this.place;
      this.once();
    } while (this.isFinite());
    const strange = this.net.parameters.findIndex(x => !Number.isFinite(x)), number = this.net.parameters[strange];
    this.goTo(last);
    this.trouble = { strange, number };
    return false;
  }

  back(hand) { // to where one step of a hand led here; whether there is one
    const { epoch, sample, count } = this;
    if (!this.place) return false;
    const ends = { sample: this.place - 1, epoch: sample ? epoch * count : (epoch - 1) * count };
    if (hand === "batch") {
      let start = ends.sample;
      while (start % count && !this.isUpdated(start % count)) start--;
      ends.batch = start;
    }
    this.goTo(ends[hand]);
    return true;
  }

  goTo(place) { // a state of before, or of here
    const kept = this.marks.findLastIndex(mark => mark.place <= place), mark = this.marks[kept];
    this.marks.length = kept + 1;
    this.net.memory.set(mark.memory);
    Object.assign(this, { epoch: mark.epoch, sample: mark.sample, settings: mark.settings });
    while (this.place < place) this.once();
  }
}
