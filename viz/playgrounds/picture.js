// The network's picture: neurons as buttons with their heat maps, links as curves by weight and sign.
const LINK = { widest: 10, thinnest: 1, full: 5 }; // pixels; of |w| from 0 to 5
let places = [], links = [], neurons = [], hovered = null, zoom = 1; // hovered: a neuron's number or an input's name

const low = text => String(text).replace(/\d/g, d => "₀₁₂₃₄₅₆₇₈₉"[d]);
const LABELS = { x: "x₁", y: "x₂", xSquared: "x₁²", ySquared: "x₂²", xTimesY: "x₁x₂", sinX: "sin(x₁)", sinY: "sin(x₂)" };

function layerOf(node) { // and which of the layer's it is
  const { first } = play.net, layer = first.findLastIndex((start, l) => l < first.length - 1 && start <= node);
  return [layer, node - first[layer]];
}

function nameOf(node, letter = "a") {
  if (typeof node === "string") return LABELS[node];
  const [layer, k] = layerOf(node);
  const isSum = letter === "a" && play.net.kinds[layer - 1]?.name === "linear"; // which is its activation too
  return layer ? `${isSum ? "z" : letter}[${layer}]${low(k + 1)}` : LABELS[play.inputs[k]];
}

function linkOf(k) { // its layer, and its two neurons
  const { base, sizes, first } = play.net, layer = base.findLastIndex((start, l) => l < base.length - 1 && start <= k);
  const offset = k - base[layer], size = sizes[layer - 1];
  return { layer, from: first[layer - 1] + offset % size, to: first[layer] + Math.floor(offset / size), j: Math.floor(offset / size), i: offset % size };
}

function weightName(k) {
  const { layer, j, i } = linkOf(k);
  return `w[${layer}]${low(j + 1)}${j >= 9 || i >= 10 ? "," : ""}${low(i)}`;
}

const biasName = node => nameOf(node, "b");
const shownNode = () => hovered ?? (typeof opened?.node === "number" ? opened.node : isOne() ? play.net.nodes - 1 : null);

function arrange() { // where everything stands, in pixels of the picture
  const box = find("picture"), unit = parseFloat(getComputedStyle(box).fontSize), width = box.clientWidth, { sizes, first } = play.net;
  zoom = unit / 15 * (width < 480 ? 0.6 : 1);
  const rows = Math.max(visibleInputs().length, ...sizes), columns = sizes.length;
  const size = Math.max(20, Math.min(2.6 * unit, (width - 3.4 * unit) / columns / 1.75)), pitch = size + Math.max(10, 0.62 * unit);
  const left = 3.4 * unit, right = width - size - 0.5 * unit, gap = (right - left) / (columns - 1), isTight = gap < 5.6 * unit;
  const top = (isTight ? 7.4 : 4) * unit;
  const spots = { size, width: Math.min(gap - 2, 6 * unit), isTight, height: top + rows * pitch };
  places = [];
  spots.inputs = visibleInputs().map((name, i) => ({ name, x: left, y: top + i * pitch }));
  const own = Object.fromEntries(spots.inputs.map(({ name, x, y }) => [name, { x, y }]));
  play.inputs.forEach((name, i) => places[i] = own[name]);
  for (let l = 1; l < sizes.length; l++) for (let j = 0; j < sizes[l]; j++) places[first[l] + j] = { x: left + l * gap, y: top + j * pitch };
  return spots;
}

const visibleInputs = () => [...ALL_INPUTS.filter(name => !isHiddenControl(play.state, name)), ...play.state.cg_inputs];

function drawPicture() {
  const box = find("picture"), focus = document.activeElement?.dataset?.key, spots = arrange(), { size, height, inputs } = spots, { net } = play;
  box.style.height = `${height}px`;
  box.querySelectorAll(".neuron, .bias, .size").forEach(each => each.remove());
  neurons = [];
  const made = inputs.map(place => inputButton(place, size));
  for (let node = net.sizes[0]; node < net.nodes; node++) made.push(...neuronButton(node, size));
  for (let l = 1; l < net.sizes.length - 1; l++) made.push(sizeControl(l, spots));
  box.append(...made);
  drawLinks(size, height);
  if (focus) box.querySelector(`[data-key="${focus}"]`)?.focus();
}

function put(element, x, y, size) {
  Object.assign(element.style, { left: `${x}px`, top: `${y}px`, width: `${size}px`, height: `${size}px` });
  return element;
}

function mapButton(node, x, y, size, look) {
  const button = element("button", ""), canvas = element("canvas", "");
  canvas.width = canvas.height = SMALL_MAP;
  canvas.setAttribute("aria-hidden", "true");
  button.className = look;
  button.dataset.key = node;
  button.append(canvas);
  const show = shown => () => { hovered = shown; wake(); };
  for (const event of ["pointerenter", "focus"]) button.addEventListener(event, show(node));
  for (const event of ["pointerleave", "blur"]) button.addEventListener(event, show(null));
  return [put(button, x, y, size), canvas];
}

function inputButton({ name, x, y }, size) {
  const [button, canvas] = mapButton(name, x, y, size, "neuron input"), label = maths("span", LABELS[name]);
  button.prepend(label);
  const own = play.state.cg_inputs.includes(name);
  button.setAttribute("aria-pressed", own || play.state[name]);
  button.title = own ? "Your own input; a click removes it" : "";
  button.setAttribute("aria-label", `Input ${LABELS[name]}`);
  button.addEventListener("click", () => own
    ? change("cg_inputs", play.state.cg_inputs.filter(each => each !== name)) : change(name, !play.state[name]));
  paint(canvas, maps.grid(FINE).all[name], FINE, play.state.discretize);
  return button;
}

function neuronButton(node, size) {
  const { x, y } = places[node], [button, canvas] = mapButton(node, x, y, size, "neuron"), bias = element("button", "");
  button.addEventListener("click", () => inspect({ node }));
  bias.className = "bias";
  bias.dataset.key = `b${node}`;
  put(bias, x - 0.28 * size, y + 0.82 * size, 0.26 * size);
  cardFor(bias, () => ({ node, bias: true }));
  neurons.push({ node, button, canvas, bias });
  return [button, bias];
}

function sizeControl(l, { size, width, isTight }) {
  const box = element("div", ""), count = play.net.sizes[l], x = places[play.net.first[l]].x;
  const button = (sign, by, about) => {
    const made = element("button", sign);
    made.dataset.key = `size${l}${sign}`;
    made.setAttribute("aria-label", `${about} in hidden layer ${l}`);
    made.addEventListener("click", () => resize(l, count + by));
    return made;
  };
  box.className = "size";
  box.classList.toggle("tight", isTight);
  box.style.width = `${width}px`;
  const kinds = element("select", "", ...Object.keys(ACTIVATIONS).map(name => element("option", name)));
  kinds.value = play.net.kinds[l - 1].name;
  kinds.dataset.key = `kind${l}`;
  kinds.dataset.control = "activation";
  kinds.hidden = isHiddenControl(play.state, "activation");
  kinds.setAttribute("aria-label", `Activation of hidden layer ${l}`);
  kinds.addEventListener("change", () => change("cg_activations", play.net.kinds.slice(0, -1).map((kind, i) => i === l - 1 ? kinds.value : kind.name)));
  box.append(button("−", -1, "One neuron less"), element("span", String(count)), button("+", 1, "One neuron more"), kinds);
  box.style.left = `${x + size / 2}px`;
  box.title = `${count} ${count === 1 ? "neuron" : "neurons"}`;
  return box;
}

function drawLinks(size, height) {
  const svg = find("links"), { net } = play;
  svg.setAttribute("viewBox", `0 0 ${find("picture").clientWidth} ${height}`);
  links = Array.from({ length: net.links }, (_, k) => {
    const { layer, from, to, i } = linkOf(k), n = net.sizes[layer - 1], a = places[from], b = places[to];
    const [x0, y0, x1] = [a.x + size, a.y + size / 2, b.x - 1], y1 = b.y + size / 2 + ((i - (n - 1) / 2) / n) * 0.42 * size;
    const middle = (x0 + x1) / 2, d = `M${x0},${y0}C${middle},${y0} ${middle},${y1} ${x1},${y1}`;
    const line = drawn("path", { d, class: "link" }), hit = drawn("path", { d, class: "hit" });
    cardFor(hit, () => ({ link: k }));
    return { line, hit };
  });
  svg.replaceChildren(...links.map(({ line }) => line), ...links.map(({ hit }) => hit));
}

function dressLinks() { // their weights as they stand
  const { w, dead } = play.net;
  links.forEach(({ line }, k) => {
    const size = Math.min(Math.abs(w[k]), LINK.full) / LINK.full, width = (LINK.thinnest + size * (LINK.widest - LINK.thinnest)) * zoom;
    line.setAttribute("stroke", colourOf(Math.sign(w[k]) * Math.max(0.25, Math.abs(w[k]))));
    line.setAttribute("stroke-width", width.toFixed(2));
    line.setAttribute("stroke-dasharray", w[k] < 0 ? `${(4 + width).toFixed(1)} ${(2 + width * 0.6).toFixed(1)}` : "none");
    line.classList.toggle("dead", Boolean(dead[k]));
    line.classList.toggle("chosen", opened?.link === k);
  });
}

function dressNeurons() {
  for (const { node, button, canvas, bias } of neurons) {
    paint(canvas, maps.of(node), maps.side, play.state.discretize);
    bias.style.background = colourOf(play.net.b[node]);
    button.classList.toggle("chosen", opened?.node === node);
    button.setAttribute("aria-label", `Neuron ${nameOf(node)}, bias ${numeral(play.net.b[node]).text}`);
    bias.setAttribute("aria-label", `Bias ${biasName(node)} = ${numeral(play.net.b[node]).text}`);
  }
}
