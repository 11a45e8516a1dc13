// Data sets: each draws points { x, y, label } from a stream of random numbers, in the original's order of arithmetic.
const RADIUS = 5, WIDEST = 6, PADDING = 0.3; // of circle and xor; of what is drawn; around xor's axes

const between = (random, a, b) => random() * (b - a) + a;
const along = (t, a, b) => a * (1 - t) + b * t;
const distance = (x, y, cx, cy) => Math.sqrt((x - cx) * (x - cx) + (y - cy) * (y - cy));

function normal(random, mean, variance) { // G. Marsaglia (1964), polar method; the second number is dropped
  let v, s;
  do {
    v = 2 * random() - 1;
    const w = 2 * random() - 1;
    s = v * v + w * w;
  } while (s > 1);
  return mean + Math.sqrt(variance) * (Math.sqrt(-2 * calculate.log(s) / s) * v);
}

function noisy(random, x, y, radius, noise) { // where a point would be that its label is taken from
  const dx = between(random, -radius, radius) * noise, dy = between(random, -radius, radius) * noise;
  return [x + dx, y + dy];
}

function circle(random, n, noise) {
  const ring = (from, to) => Array.from({ length: Math.ceil(n / 2) }, () => {
    const r = between(random, from, to), angle = between(random, 0, 2 * Math.PI), x = r * calculate.sin(angle), y = r * calculate.cos(angle);
    const [u, v] = noisy(random, x, y, RADIUS, noise);
    return { x, y, label: distance(u, v, 0, 0) < RADIUS * 0.5 ? 1 : -1 };
  });
  return [...ring(0, RADIUS * 0.5), ...ring(RADIUS * 0.7, RADIUS)];
}

function xor(random, n, noise) {
  const padded = () => {
    const x = between(random, -RADIUS, RADIUS);
    return x + (x > 0 ? PADDING : -PADDING);
  };
  return Array.from({ length: n }, () => {
    const x = padded(), y = padded(), [u, v] = noisy(random, x, y, RADIUS, noise);
    return { x, y, label: u * v >= 0 ? 1 : -1 };
  });
}

function gauss(random, n, noise) {
  const variance = along(noise / 0.5, 0.5, 4);
  const cloud = (centre, label) => Array.from({ length: Math.ceil(n / 2) }, () => {
    const x = normal(random, centre, variance), y = normal(random, centre, variance);
    return { x, y, label };
  });
  return [...cloud(2, 1), ...cloud(-2, -1)];
}

function spiral(random, n, noise) {
  const half = n / 2, arm = (turn, label) => Array.from({ length: Math.ceil(half) }, (_, i) => {
    const r = i / half * 5, t = 1.75 * i / half * 2 * Math.PI + turn;
    const x = r * calculate.sin(t) + between(random, -1, 1) * noise, y = r * calculate.cos(t) + between(random, -1, 1) * noise;
    return { x, y, label };
  });
  return [...arm(0, 1), ...arm(Math.PI, -1)];
}

function square(random, n, noise, label) { // points of a square, labelled by a function
  return Array.from({ length: n }, () => {
    const x = between(random, -WIDEST, WIDEST), y = between(random, -WIDEST, WIDEST);
    return { x, y, label: label(...noisy(random, x, y, WIDEST, noise)) };
  });
}

const HILLS = [[-4, 2.5, 1], [0, 2.5, -1], [4, 2.5, 1], [-4, -2.5, -1], [0, -2.5, 1], [4, -2.5, -1]];

function hills(x, y) { // of the nearest hill: 1 or −1 at its centre, 0 from a distance of 2 on
  let label = 0;
  for (const [cx, cy, sign] of HILLS) {
    const share = Math.max(0, Math.min(1, distance(x, y, cx, cy) / 2)), height = sign * along(share, 1, 0);
    if (Math.abs(height) > Math.abs(label)) label = height;
  }
  return label;
}

const DATASETS = {
  classification: { circle, xor, gauss, spiral },
  regression: {
    "reg-plane": (random, n, noise) => square(random, n, noise, (x, y) => along((x + y + 10) / 20, -1, 1)),
    "reg-gauss": (random, n, noise) => square(random, n, noise, hills),
  },
};
const MANY = { // of more than two classes, labelled 0, 1, 2, …; sets of our own
  circle: (random, n, noise, k) => each(n, k, label => {
    const r = between(random, label + 0.15, label + 0.85) * RADIUS / k, angle = between(random, 0, 2 * Math.PI);
    return noisy(random, r * calculate.sin(angle), r * calculate.cos(angle), RADIUS, noise);
  }),
  xor: (random, n, noise, k) => each(n, k, label => {
    const angle = (label + k * Math.floor(2 * random()) + between(random, 0.06, 0.94)) * Math.PI / k, r = between(random, 0.6, RADIUS);
    return noisy(random, r * calculate.cos(angle), r * calculate.sin(angle), RADIUS, noise);
  }),
  gauss: (random, n, noise, k) => each(n, k, label => {
    const angle = 2 * Math.PI * label / k + Math.PI / 2, variance = along(noise / 0.5, 0.5, 4);
    return [3 * calculate.cos(angle), 3 * calculate.sin(angle)].map(centre => normal(random, centre, variance));
  }),
  spiral: (random, n, noise, k) => each(n, k, (label, i, size) => {
    const r = i / size * RADIUS, t = 1.75 * i / size * 2 * Math.PI + 2 * Math.PI * label / k;
    return [r * calculate.sin(t), r * calculate.cos(t)].map(x => x + between(random, -1, 1) * noise);
  }),
};

function each(n, k, draw) { // of each class as many
  const size = Math.floor(n / k);
  return Array.from({ length: k * size }, (_, i) => {
    const label = Math.floor(i / size), [x, y] = draw(label, i % size, size);
    return { x, y, label };
  });
}

const COUNT = { classification: 500, regression: 1200 };

function shuffle(random, points) { // R. Fisher, F. Yates (1938), from the end on
  for (let count = points.length; count > 0;) {
    const index = Math.floor(random() * count);
    count -= 1;
    [points[count], points[index]] = [points[index], points[count]];
  }
}

function drawPoints(random, problem, name, noise, classes) {
  return classes > 2 ? MANY[name](random, COUNT[problem], noise / 100, classes) : DATASETS[problem][name](random, COUNT[problem], noise / 100);
}

function split(random, points, percent) { // into training data and test data
  shuffle(random, points);
  const cut = Math.floor(points.length * percent / 100);
  return { train: points.slice(0, cut), test: points.slice(cut) };
}
