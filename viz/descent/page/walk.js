// The optimisers' ways: all steps of each, by nn's rules, until it is flat, the steps are used up, or it has diverged.
const FAR = 1e6; // a coordinate beyond it has diverged, as in viz.descent
const clone = slots => Object.fromEntries(Object.entries(slots).map(([name, x]) => [name, [...x]]));
const rateAt = (walker, k) => Array.isArray(walker.rate) ? walker.rate[Math.min(k, walker.rate.length - 1)] : walker.rate;
const switched = walker => walker.switches.filter(name => walker.h[name]).join();

function clipped(g, { clipvalue, clipnorm, global_clipnorm }) { // each slope or the norm cut
  const most = clipnorm || global_clipnorm;
  if (clipvalue) return g.map(x => Math.min(Math.max(x, -clipvalue), clipvalue));
  return most ? g.map(x => x * (most / Math.max(Math.sqrt(g[0] * g[0] + g[1] * g[1]), most))) : g;
}

function walked(walker, nodes, start, most, tolerance) {
  const { step, gradient, square } = rules[walker.i][switched(walker)], first = calculated(nodes, ...start), { h } = walker;
  const slots = Object.entries(walker.slots).map(([name, x]) => [name, Array(2).fill(typeof x === "string" ? h[x] : x)]);
  const states = [{ p: start, s: Object.fromEntries(slots), ...first }];
  let end = "steps";
  for (let k = 0; k < most; k++) {
    const before = states[k], p = [...before.p], s = clone(before.s), rate = rateAt(walker, k), cut = clipped(before.g, h);
    if (tolerance !== null && before.g.every(x => Math.abs(x) < tolerance)) { end = "flat"; break; }
    if (h.weight_decay) decay.step(k, rate, h, cut, p, s);
    const decayed = [...p];
    step(k, rate, h, cut, p, s);
    const there = calculated(nodes, ...p);
    if (![...p, there.f, ...there.g].every(Number.isFinite) || p.some(x => Math.abs(x) >= FAR)) { end = "diverged"; break; }
    const mean = of => of && [0, 1].map(i => of(rate, h, s, i));
    Object.assign(before, { rate, cut, decayed, momentum: mean(gradient), square: mean(square), adjusted: p.map((x, i) => rate ? (before.p[i] - x) / rate : 0) });
    states.push({ p, s, ...there });
  }
  return { states, end };
}
