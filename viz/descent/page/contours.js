// Contour lines that are evenly spaced: viz.descent.spacing's levels, and each level's line through a grid.
const ROUNDED = 0.2; // of the step to the next level: so much room a level has to become a rounder number

function steepness(f, n, [across, up]) { // |∇f| by differences, one-sided at the edges
  const along = (k, i, stride, size) => {
    const low = Math.max(i - 1, 0), high = Math.min(i + 1, n - 1);
    return (f[k + (high - i) * stride] - f[k + (low - i) * stride]) / ((high - low) * size);
  };
  return Float64Array.from(f, (_, k) => Math.hypot(along(k, k % n, 1, across), along(k, Math.floor(k / n), n, up)));
}

function smoothed(x) { // the mean of neighbours, a hundredth of all
  const m = Math.floor(x.length / 100) + 1, sums = [0];
  for (const each of x) sums.push(sums.at(-1) + each);
  const back = m - 1 - ((m - 1) >> 1), ahead = (m - 1) >> 1;
  return x.map((_, k) => {
    const from = Math.max(k - back, 0), to = Math.min(k + ahead + 1, x.length);
    return (sums[to] - sums[from]) / (to - from);
  });
}

function levels(f, n, cell, count) { // equal steps of ∫ dt / g, where g is the mean slope at height t
  const steep = steepness(f, n, cell);
  const seen = [...f.keys()].filter(k => Number.isFinite(f[k]) && Number.isFinite(steep[k])).sort((a, b) => f[a] - f[b] || a - b);
  const heights = seen.map(k => f[k]);
  if (!heights.length || !(heights.at(-1) > heights[0])) return [];
  const g = smoothed(seen.map(k => Math.max(steep[k], Number.MIN_VALUE))), far = [0];
  for (let k = 1; k < g.length; k++) far.push(far[k - 1] + (heights[k] - heights[k - 1]) / g[k]);
  const exact = [...Array(count + 2).keys()].map(k => between(far.at(-1) * k / (count + 1), far, heights));
  const inner = exact.slice(1, -1).map((level, k) => rounder(level, exact[k + 1] - exact[k]));
  return [...new Set([exact[0], ...inner, exact.at(-1)])].sort((a, b) => a - b);
}

function between(x, xs, ys) { // straight lines between points
  let low = 0, high = xs.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (xs[middle] <= x) low = middle; else high = middle;
  }
  const run = xs[high] - xs[low];
  return x >= xs[high] ? ys[high] : run > 0 ? ys[low] + (ys[high] - ys[low]) * Math.max(x - xs[low], 0) / run : ys[low];
}

function rounder(level, room) {
  if (!(room > 0)) return level;
  const power = Math.floor(Math.log10(ROUNDED * room)), unit = 10 ** Math.abs(power);
  return power < 0 ? Math.round(level * unit) / unit : Math.round(level / unit) * unit;
}

function outline(f, n, level) { // where f crosses the level, as an SVG path in cells
  const pieces = [], cut = (k, i, j, l, u, v) => { const t = (level - f[k]) / (f[l] - f[k]); return `${(i + t * u).toFixed(2)},${(j + t * v).toFixed(2)}`; };
  for (let j = 0; j < n - 1; j++) for (let i = 0; i < n - 1; i++) {
    const k = j * n + i, corners = [k, k + 1, k + n + 1, k + n], above = corners.map(c => f[c] > level);
    if (above.every(Boolean) || !above.some(Boolean) || corners.some(c => Number.isNaN(f[c]))) continue;
    const places = [[i, j, 1, 0], [i + 1, j, 0, 1], [i + 1, j + 1, -1, 0], [i, j + 1, 0, -1]];
    const cuts = places.flatMap(([a, b, u, v], s) => above[s] === above[(s + 1) % 4] ? [] : [cut(corners[s], a, b, corners[(s + 1) % 4], u, v)]);
    const middle = corners.reduce((sum, c) => sum + f[c], 0) / 4 > level;
    if (cuts.length === 4 && middle !== above[0]) cuts.push(cuts.shift()); // a saddle: the middle says which corners join
    for (let c = 0; c + 1 < cuts.length; c += 2) pieces.push(`M${cuts[c]}L${cuts[c + 1]}`);
  }
  return pieces.join("");
}
