// Heat maps: what each neuron gives over the plane, and the points on the large one.
const FINE = 100, COARSE = 50, SMALL_MAP = 25; // points a side: while nothing moves, of large networks that train, of a neuron's map
const FRAME = 6; // milliseconds that maps may take of a frame

class Maps {
  constructor(play) {
    Object.assign(this, { play, sides: {} });
    this.side = FINE;
  }

  grid(side) { // the inputs at each of side × side points, row by row from the top
    return this.sides[side] ??= (() => {
      const at = i => -WIDEST + 2 * WIDEST * i / (side - 1), count = side * side, all = {};
      for (const name of [...ALL_INPUTS, ...this.play.state.cg_inputs]) all[name] = Float64Array.from({ length: count },
        (_, k) => INPUTS[name].of(at(k % side), -at(Math.floor(k / side))));
      return { count, all, columns: { z: new Float64Array(count), a: [] } };
    })();
  }

  calculate(moving) { // of every neuron; coarser where a frame would not hold it
    if (!moving) this.side = FINE;
    const { count, all, columns } = this.grid(this.side), start = performance.now();
    this.values = this.play.net.columns(this.play.inputs.map(name => all[name]), count, columns);
    if (moving && performance.now() - start > FRAME) this.side = COARSE;
  }

  of(node) { // a neuron's numbers, or those of an input by its name
    return typeof node === "string" ? this.grid(this.side).all[node] : this.values[node];
  }
}

function paint(canvas, values, side, discrete) { // as many pixels as the canvas has, each the mean of its points
  const size = canvas.width, block = side / size, context = canvas.getContext("2d");
  const image = context.createImageData(size, size), pixels = new Uint32Array(image.data.buffer);
  for (let v = 0; v < size; v++) for (let u = 0; u < size; u++) {
    let sum = 0;
    for (let j = v * block; j < (v + 1) * block; j++) for (let i = u * block; i < (u + 1) * block; i++) sum += values[j * side + i];
    const x = sum / (block * block);
    pixels[v * size + u] = packed[stepOf(discrete ? x >= 0 ? 1 : -1 : x)];
  }
  context.putImageData(image, 0, 0);
}

function paintClasses(canvas, side) { // the class that is likeliest, the paler the less it is so
  const { net, state: { discretize } } = play, outputs = maps.values.slice(net.first.at(-2)), K = outputs.length;
  const context = canvas.getContext("2d"), image = context.createImageData(side, side), middle = palette[STEPS >> 1];
  for (let p = 0; p < side * side; p++) {
    const chances = net.loss.chances(...outputs.map(a => a[p])), best = chances.indexOf(Math.max(...chances));
    const t = discretize ? 1 : (chances[best] - 1 / K) / (1 - 1 / K), colour = CLASS_COLOURS[best] ?? middle;
    for (let c = 0; c < 3; c++) image.data[4 * p + c] = middle[c] + (colour[c] - middle[c]) * t * 0.85;
    image.data[4 * p + 3] = 255;
  }
  context.putImageData(image, 0, 0);
}

function paintLarge() {
  const { side } = maps, node = shownNode(), canvas = find("large");
  if (canvas.width !== side) canvas.width = canvas.height = side;
  if (node === null) paintClasses(canvas, side);
  else paint(canvas, maps.of(node), side, play.state.discretize);
  typeset(find("map-name"), node === null || node === play.net.nodes - 1 && isOne() ? "" : nameOf(node));
}

const isOne = () => play.net.sizes.at(-1) === 1; // output

const spot = (p, size) => [(p.x + WIDEST) / (2 * WIDEST) * size, (WIDEST - p.y) / (2 * WIDEST) * size];

function paintPoints() {
  const canvas = find("points"), box = find("map").clientWidth, ratio = devicePixelRatio || 1, size = Math.round(box * ratio);
  if (canvas.width !== size) canvas.width = canvas.height = size;
  const context = canvas.getContext("2d"), r = Math.max(2.6, box / 105) * ratio;
  context.clearRect(0, 0, size, size);
  const dots = (list, edge) => {
    context.lineWidth = ratio * 0.9;
    context.strokeStyle = edge;
    for (const p of list) {
      if (Math.abs(p.x) > WIDEST || Math.abs(p.y) > WIDEST) continue;
      const [u, v] = spot(p, size);
      context.beginPath();
      context.arc(u, v, r, 0, 7);
      context.fillStyle = labelColour(p.label, !isOne());
      context.fill();
      context.stroke();
    }
  };
  const style = getComputedStyle(document.body);
  dots(play.train, style.getPropertyValue("--point"));
  if (play.state.showTestData) dots(play.test, style.getPropertyValue("--test"));
  const p = focused().point, [u, v] = spot(p, size);
  context.beginPath();
  context.arc(u, v, 2.2 * r, 0, 7);
  context.lineWidth = 2 * ratio;
  context.strokeStyle = style.color;
  context.stroke();
}

function nearest(event) { // the point under the pointer
  const box = find("map").getBoundingClientRect(), x = event.clientX - box.left, y = event.clientY - box.top;
  const lists = [["train", play.train], ...(play.state.showTestData ? [["test", play.test]] : [])];
  let found = null, least = 14;
  for (const [set, list] of lists) list.forEach((p, index) => {
    const [u, v] = spot(p, box.width), far = Math.hypot(u - x, v - y);
    if (far < least) [found, least] = [{ set, index }, far];
  });
  return found;
}
