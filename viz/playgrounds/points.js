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
  return mean + Math.sqrt(variance) * (Math.sqrt(-2 * Math.log(s) / s) * v);
}

function noisy(random, x, y, radius, noise) { // where a point would be that its label is taken from
  const dx = between(random, -radius, radius) * noise, dy = between(random, -radius, radius) * noise;
  return [x + dx, y + dy];
}

function circle(random, n, noise) {
  const ring = (from, to) => Array.from({ length: Math.ceil(n / 2) }, () => {
    const r = between(random, from, to), angle = between(random, 0, 2 * Math.PI), x = r * Math.sin(angle), y = r * Math.cos(angle);
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
    const x = r * Math.sin(t) + between(random, -1, 1) * noise, y = r * Math.cos(t) + between(random, -1, 1) * noise;
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
const COUNT = { classification: 500, regression: 1200 };

function shuffle(random, points) { // R. Fisher, F. Yates (1938), from the end on
  for (let count = points.length; count > 0;) {
    const index = Math.floor(random() * count);
    count -= 1;
    [points[count], points[index]] = [points[index], points[count]];
  }
}

function drawPoints(random, problem, name, noise, percent) { // training data and test data
  const points = DATASETS[problem][name](random, COUNT[problem], noise / 100);
  shuffle(random, points);
  const cut = Math.floor(points.length * percent / 100);
  return { train: points.slice(0, cut), test: points.slice(cut) };
}
