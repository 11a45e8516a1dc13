// Values, slopes and gradient of a surface at a point, by `rows`: the table of operations, written before this text.
const reader = x => typeof x === "number" ? () => x : z => z[x.i];

function compiled(nodes) { // each node with a function of the values before it
  for (const node of nodes) {
    if (!node.op) continue;
    const value = rows[node.op].value[node.of.length], [a, b, c] = node.of.map(reader);
    node.run = [null, z => value(a(z)), z => value(a(z), b(z)), z => value(a(z), b(z), c(z))][node.of.length];
  }
  return nodes;
}

function values(nodes, x, y) {
  const z = [x, y];
  for (let i = 2; i < nodes.length; i++) z.push(nodes[i].run(z));
  return z;
}

function calculated(nodes, x, y) { // all values, and ∂f/∂node of each
  const z = values(nodes, x, y), gradients = nodes.map(() => undefined);
  gradients[nodes.length - 1] = 1;
  for (let i = nodes.length - 1; i > 1; i--) {
    if (gradients[i] === undefined) continue;
    const { op, of } = nodes[i], given = of.map(x => reader(x)(z));
    of.forEach((operand, k) => {
      const slope = typeof operand === "number" ? null : rows[op].slopes[k];
      if (!slope) return;
      const along = slope(...given, z[i]), closed = rows[op].gate && along === 0;
      gradients[operand.i] = (gradients[operand.i] ?? 0) + (closed ? 0 : along * gradients[i]);
    });
  }
  return { z, gradients, f: z.at(-1), g: [gradients[0] ?? 0, gradients[1] ?? 0] };
}

function grid(nodes, [x0, x1, y0, y1], n) { // heights, rows along y; nan where there are none
  const f = new Float64Array(n * n);
  for (let j = 0; j < n; j++) for (let i = 0; i < n; i++) {
    const height = values(nodes, x0 + (x1 - x0) * i / (n - 1), y0 + (y1 - y0) * j / (n - 1)).at(-1);
    f[j * n + i] = Number.isFinite(height) ? height : NaN;
  }
  return f;
}
