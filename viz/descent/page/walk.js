// The optimisers' ways: all steps of each, by nn's rules, until it is flat, the steps are used up, or it has diverged.
const FAR = 1e6; // a coordinate beyond it has diverged, as in viz.descent
const clone = slots => Object.fromEntries(Object.entries(slots).map(([name, x]) => [name, [...x]]));
const rateAt = (walker, k) => Array.isArray(walker.rate) ? walker.rate[Math.min(k, walker.rate.length - 1)] : walker.rate;

function walked(walker, nodes, start, most, tolerance) {
  const { step, gradient, square } = rules[walker.i], first = calculated(nodes, ...start);
  const states = [{ p: start, s: Object.fromEntries(Object.entries(walker.slots).map(([name, x]) => [name, [x, x]])), ...first }];
  let end = "steps";
  for (let k = 0; k < most; k++) {
    const before = states[k], p = [...before.p], s = clone(before.s), rate = rateAt(walker, k);
    if (tolerance !== null && before.g.every(x => Math.abs(x) < tolerance)) { end = "flat"; break; }
    step(k, rate, walker.numbers, before.g, p, s);
    const there = calculated(nodes, ...p);
    if (![...p, there.f, ...there.g].every(Number.isFinite) || p.some(x => Math.abs(x) >= FAR)) { end = "diverged"; break; }
    const mean = of => of && [0, 1].map(i => of(rate, walker.numbers, s, i));
    Object.assign(before, { rate, momentum: mean(gradient), square: mean(square), adjusted: p.map((x, i) => rate ? (before.p[i] - x) / rate : 0) });
    states.push({ p, s, ...there });
  }
  return { states, end };
}
