// Values, slopes and gradients of all nodes, by `rows`: the table of operations, written before this text.

const { nodes, views, digits, terse, literal = [] } = JSON.parse(document.getElementById("graph").textContent);
const BESIDE = 1e-9; // of a number: so near beside a pole there is a value

const read = x => typeof x === "number" ? nodes[x].value : Number(x[0]);
const value = line => nodes[line.node].value;
const gradient = line => nodes[line.node].gradient;

function forward() { // values of all nodes; where one has none, why
  let problem = "";
  for (const z of nodes) {
    if (!z.op) { z.value = z.data; continue; }
    const row = rows[z.op], given = z.of.map(read), n = given.length / row.slopes.length;
    z.value = given.includes(undefined) ? undefined : row.value[given.length](...given);
    if (Number.isNaN(z.value) || (Math.abs(z.value) === Infinity && given.every(Number.isFinite))) {
      problem ||= refusal(z, row, given, n);
      z.value = undefined;
    }
    const seen = [z.calculated = z.value, ...(row.common?.[given.length](...given) ?? [])];
    z.slopes = z.of.map((x, i) => {
      const slope = typeof x === "number" ? row.slopes[Math.floor(i / n)] : null;
      return slope && slope(...given.filter((_, k) => k % n === i % n), ...seen);
    });
    z.value = z.forced ?? z.value; // its slopes stay those of what was calculated, as if something were added
  }
  return problem;
}

function refusal(z, row, given, n) { // what, where, remedy: as Python says it
  const shown = given.slice(0, 8).map((x, i) => `${row.operands[Math.floor(i / n)]} = ${figure(x)}` +
    (typeof z.of[i] === "number" ? ` at '${nodes[z.of[i]].name}'` : ""));
  const place = `got ${shown.join(", ")} (in '${z.name}')`;
  const beside = step => row.value[given.length](...given.map(x => x + step * (Math.abs(x) || 1)));
  const pole = [BESIDE, -BESIDE].some(step => Number.isFinite(beside(step))); // else no float is large enough
  if (row.needs && (pole || Number.isNaN(z.value))) return `${z.op} needs ${row.needs}, ${place}. ${row.remedy}`;
  return `${z.op} is too large for a float, ${place}. Scale the input ${Math.abs(given[0]) < 1 ? "up" : "down"}.`;
}

const isClosed = (z, i) => rows[z.op].gate && z.slopes[i] === 0; // such a gate selects, and does not multiply
const isOpen = (z, i) => z.open && !isClosed(z, i);
const handed = (z, i) => z.gradient === undefined ? undefined : isOpen(z, i) ? z.slopes[i] * z.gradient : 0; // to operand i

function backward() { // ∂output/∂node by the chain rule, from the output down
  for (const z of nodes) z.gradient = z.arrived = undefined, z.open = false; // whether an open way leads to it
  const last = nodes.at(-1);
  if (last.value === undefined) return;
  last.gradient = 1;
  last.open = true;
  for (const z of nodes.toReversed()) {
    z.arrived = z.gradient;
    if (z.pushed !== undefined) z.gradient = z.pushed, z.open = true;
    if (z.op && z.gradient !== undefined) z.of.forEach((x, i) => {
      if (z.slopes[i] === null) return;
      nodes[x].gradient = (nodes[x].gradient ?? 0) + handed(z, i);
      nodes[x].open ||= isOpen(z, i);
    });
  }
}

function along() { // the slope of every link: through the nodes that its line stands for
  for (const line of lines) {
    const local = { [line.node]: 1 };
    for (const r of line.inside) nodes[r].of.forEach((x, i) => {
      if (nodes[r].slopes[i] !== null && line.inside.includes(x)) {
        local[x] = (local[x] ?? 0) + (local[r] ?? 0) * nodes[r].slopes[i];
      }
    });
    line.local = local;
  }
  for (const link of links) {
    const { local } = link.head;
    link.isClosed = link.uses.every(([r, i]) => isClosed(nodes[r], i));
    link.slope = link.uses.reduce((sum, [r, i]) => sum + (local[r] ?? 0) * nodes[r].slopes[i], 0);
  }
}

function calculate() {
  const problem = forward();
  backward();
  along();
  const strange = problem ? undefined : lines.find(line => line.reached && line.learned && !Number.isFinite(gradient(line)));
  const trouble = strange && (Number.isNaN(gradient(strange)) ? "has no value here: a slope on its way has none."
    : `is ${figure(gradient(strange))} here: a slope on its way is infinite.`);
  find("problem").textContent = problem || (strange ? `${strange.label} ${trouble}` : "");
}
