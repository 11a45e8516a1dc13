// The map: heights as shades and contour lines, each path from the ring at the start to its marker, and a step's vectors.
const SVG = "http://www.w3.org/2000/svg", GRID = 121, SHADES = 256;
const REACH = 0.22, GAP = 18; // of the map's width: the longest vector of its kind along a path; units between two side by side
const KINDS = { gradient: "g", momentum: "momentum", "adjusted gradient": "adjusted" };
const MARKS = ["M-9,0a9,9 0 1,0 18,0a9,9 0 1,0 -18,0", "M-8,-8h16v16h-16z", "M-10,8h20l-10,-18z", "M-10,-8h20l-10,18z",
  "M-11,0l11,-11l11,11l-11,11z", "M-4,-10h8v6h6v8h-6v6h-8v-6h-6v-8h6z", "M-10,-3h20l-16,12l6,-19l6,19z", "M-9,-9l9,5l9,-5l-5,9l5,9l-9,-5l-9,5l5,-9z"];
const DASHES = ["", "14 6", "3 4", "14 6 3 6"];

function drawn(tag, attributes, ...children) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, x] of Object.entries(attributes)) made.setAttribute(name, x);
  made.append(...children);
  return made;
}

const side = () => state.domain[1] - state.domain[0];
const across = x => 1000 * (x - state.domain[0]) / side();
const up = y => 1000 * (state.domain[3] - y) / (state.domain[3] - state.domain[2]);
const place = ([x, y]) => `${across(x).toFixed(1)},${up(y).toFixed(1)}`;

function ground() { // what changes with the surface or the domain alone
  const [x0, x1, y0, y1] = state.domain, f = grid(state.nodes, state.domain, GRID);
  const heights = levels(f, GRID, [(x1 - x0) / (GRID - 1), (y1 - y0) / (GRID - 1)], content.contours);
  shade(f, heights);
  const lines = heights.slice(1, -1).map(level => drawn("path", { d: outline(f, GRID, level), "data-level": level }));
  const scale = 1000 / (GRID - 1);
  find("lines").setAttribute("transform", `matrix(${scale} 0 0 ${-scale} 0 1000)`);
  find("lines").replaceChildren(...lines);
  find("ticks").replaceChildren(...[0, 1].flatMap(ticks));
}

function shade(f, heights) { // evenly from contour to contour
  const canvas = find("shades"), pen = canvas.getContext("2d"), image = pen.createImageData(GRID, GRID);
  const style = getComputedStyle(document.documentElement), ends = ["--low", "--high"].map(name => style.getPropertyValue(name).trim());
  const [low, high] = ends.map(text => [1, 3, 5].map(i => parseInt(text.slice(i, i + 2), 16)));
  const ranks = heights.map((_, i) => i / Math.max(heights.length - 1, 1));
  f.forEach((height, k) => {
    const row = GRID - 1 - Math.floor(k / GRID), at = 4 * (row * GRID + k % GRID);
    const share = heights.length ? between(height, heights, ranks) : 0;
    low.forEach((x, i) => image.data[at + i] = x + (high[i] - x) * share);
    image.data[at + 3] = Number.isNaN(height) ? 0 : 255;
  });
  canvas.width = canvas.height = GRID;
  pen.putImageData(image, 0, 0);
}

function ticks(i) { // round numbers along x below, along y on the left
  const [from, to] = state.domain.slice(2 * i, 2 * i + 2), power = 10 ** Math.floor(Math.log10((to - from) / 4));
  const step = power * [1, 2, 5, 10].find(k => (to - from) / (k * power) <= 6), made = [];
  for (let k = Math.ceil(from / step - 1e-9); k * step <= to + 1e-9 * step; k++) {
    const x = Number((k * step).toPrecision(6)), at = i ? up(x) + 12 : across(x);
    const text = drawn("text", i ? { x: -14, y: at, "text-anchor": "end" } : { x: at, y: 1045, "text-anchor": "middle" });
    text.textContent = figure(x);
    made.push(text);
  }
  const name = drawn("text", i ? { x: -92, y: 515, class: "name" } : { x: 500, y: 1092, class: "name", "text-anchor": "middle" });
  name.textContent = content.names[i];
  return [...made, name];
}

const reached = way => Math.min(state.at, way.states.length - 1);
const shown = () => state.walkers.filter(walker => walker.on);

function paths() {
  const ring = drawn("circle", { cx: across(state.start[0]), cy: up(state.start[1]), r: 15, class: "start" });
  const made = shown().map(walker => {
    const { states } = walker.way, k = reached(walker.way), points = states.slice(0, k + 1).map(({ p }) => place(p)).join(" ");
    const line = drawn("polyline", { points, "stroke-dasharray": DASHES[walker.look % DASHES.length] });
    const mark = drawn("path", { d: MARKS[walker.look % MARKS.length], class: "mark", transform: `translate(${place(states[k].p)})` });
    return drawn("g", { class: `c${walker.look}` }, line, mark);
  });
  const aim = state.aim ? [drawn("path", { d: "M-30,0h20m20,0h20M0,-30v20m0,20v20M-10,0a10,10 0 1,0 20,0a10,10 0 1,0 -20,0", class: "aim", transform: `translate(${place(state.aim)})` })] : [];
  find("paths").replaceChildren(ring, ...made, ...minima(), ...aim);
}

function minima() {
  return (content.surfaces[find("surface").value]?.minima ?? []).map(p => drawn("path", { d: "M-10,-10l20,20m0,-20l-20,20", class: "minimum", transform: `translate(${place(p)})` }));
}

function vectors() { // downhill, of the step that follows; the longest of a kind along its path has the length REACH
  const made = [], taken = [];
  for (const walker of shown()) {
    const { states } = walker.way, now = states[state.at];
    if (now?.rate === undefined) continue;
    if (find("squares").checked && now.square) made.push(...squares(states, now));
    for (const [kind, key] of Object.entries(KINDS)) {
      if (!find(key).checked || !now[key]) continue;
      const longest = Math.max(...states.map(each => each[key] && each.rate !== undefined ? Math.hypot(...each[key]) : 0));
      if (longest > 0) made.push(arrow(now.p, now[key].map(x => -REACH * 1000 * x / longest), key, taken, kind));
    }
  }
  find("vectors").replaceChildren(...made);
}

function arrow(p, [dx, dy], key, taken, kind) { // aside of those that go the same way from there
  const long = Math.hypot(dx, dy) || 1, [x, y] = [across(p[0]), up(p[1])], way = Math.atan2(dy, dx);
  const near = taken.filter(other => Math.hypot(other.x - x, other.y - y) < 40 && Math.abs(Math.sin((other.way - way) / 2)) < 0.15).length;
  taken.push({ x, y, way });
  const lane = near % 2 ? (near + 1) / 2 : -near / 2, [ax, ay] = [x - GAP * lane * dy / long, y - GAP * lane * dx / long];
  const [bx, by] = [ax + dx, ay - dy], head = Math.min(26, long), [ux, uy] = [dx / long, -dy / long];
  const corner = sign => `${bx - head * ux - sign * head * 0.38 * uy},${by - head * uy + sign * head * 0.38 * ux}`;
  const title = drawn("title", {});
  title.textContent = `−${kind}`;
  return drawn("g", { class: key }, title, drawn("path", { d: `M${ax},${ay}L${bx - head * ux * 0.8},${by - head * uy * 0.8}`, class: "shaft" }),
    drawn("path", { d: `M${bx},${by}L${corner(1)}L${corner(-1)}z`, class: "head" }));
}

function squares(states, now) { // a square for each variable, its area the mean (or sum) of squared slopes
  const most = Math.sqrt(Math.max(...states.flatMap(each => each.rate !== undefined ? each.square : [0])));
  const downhill = now.g.map(x => x > 0 ? -1 : 1), [x, y] = [across(now.p[0]), up(now.p[1])];
  return !most ? [] : now.square.map((area, i) => {
    const long = REACH * 1000 * Math.sqrt(area) / most, w = downhill[0] * (i ? -1 : 1), h = -downhill[1] * (i ? 1 : -1);
    return drawn("rect", { x: w > 0 ? x : x - long, y: h > 0 ? y : y - long, width: long, height: long, class: "square" });
  });
}
