// Export: the link, a frame, the weights, code that predicts the same elsewhere, and the picture.
const layersOf = () => { // of each layer: its arrays, as inputs × neurons, and its activation
  const { sizes, first, base, w, b, kinds } = play.net;
  return sizes.slice(1).map((units, l) => {
    const inputs = sizes[l], kernel = Array.from({ length: inputs }, (_, i) =>
      Array.from({ length: units }, (_, j) => w[base[l + 1] + j * inputs + i]));
    return { units, inputs, kernel, bias: [...b.subarray(first[l + 1], first[l + 2])], kind: endsWith(l, kinds[l]) };
  });
};
const endsWith = (l, kind) => l === play.net.kinds.length - 1 && !isOne() ? "softmax" : kind.name;
const python = list => JSON.stringify(list).replaceAll(",", ", ");
const withoutName = () => layersOf().map(({ kind }) => kind).filter(kind => kind !== "softmax" && !ACTIVATIONS[kind].torch);
const INPUT_CODE = { x: "x", y: "y", xSquared: "x * x", ySquared: "y * y", xTimesY: "x * y", sinX: "np.sin(x)", sinY: "np.sin(y)" };
const inputsCode = () => play.inputs.map(name => INPUT_CODE[name]).join(", ");
const X = () => `X = lambda x, y: np.stack([${inputsCode()}], axis=-1)`;

function weightsCode(set) { // for set_weights: kernel, bias, kernel, …
  const arrays = layersOf().flatMap(({ kernel, bias }) => [kernel, bias]).map(array => `    np.array(${python(array)}),`);
  return `${set}([\n${arrays.join("\n")}\n])`;
}

function numpyCode() {
  const layers = layersOf(), arrays = layers.flatMap(({ kernel, bias }, l) => [`W${l + 1} = np.array(${python(kernel)})`, `b${l + 1} = np.array(${python(bias)})`]);
  const steps = layers.flatMap(({ kind }, l) => [`    z = a @ W${l + 1} + b${l + 1}`, kind === "softmax"
    ? "    a = np.exp(z - z.max(-1, keepdims=True))\n    a = a / a.sum(-1, keepdims=True)" : `    a = ${ACTIVATIONS[kind].numpy}`]);
  return ["import math", "", "import numpy as np", "", ...arrays, "", "", "def predict(x, y):", `    a = np.stack([${inputsCode()}], axis=-1)`, ...steps, "    return a"].join("\n");
}

function modelCode(library, start, layer, finish) {
  return [`import numpy as np`, library, "", `model = ${start}`, ...layersOf().map(layer), ...finish, "", X(), ""].join("\n");
}

const dense = (prefix, { units, kind }, more = "") => `    ${prefix}Dense(${units}, ${more}activation="${kind}"),`;
const first = ({ inputs }, l) => l ? "" : `input_dim=${inputs}, `;
const predictCode = "predict = lambda x, y: model.predict(X(x, y))\n";
const chalkgradCode = () => modelCode("import nn", "nn.Sequential([", (each, l) => dense("nn.", each, first(each, l)), ["])", weightsCode("model.set_weights")]) + predictCode;
const kerasCode = () => modelCode("import keras", `keras.Sequential([\n    keras.Input((${play.inputs.length},)),`, each => dense("keras.layers.", each), ["])", weightsCode("model.set_weights")]) + predictCode;

function torchCode() {
  const part = ({ units, inputs, kind }) => `    torch.nn.Linear(${inputs}, ${units}, dtype=torch.float64), ${kind === "softmax" ? "torch.nn.Softmax(-1)" : ACTIVATIONS[kind].torch},`;
  const set = layersOf().flatMap(({ kernel, bias }, l) => [`    model[${2 * l}].weight.copy_(torch.tensor(${python(kernel)}).T)`, `    model[${2 * l}].bias.copy_(torch.tensor(${python(bias)}))`]);
  return modelCode("import torch\ntorch.set_default_dtype(torch.float64)", "torch.nn.Sequential(", part, [")", "with torch.no_grad():", ...set]) +
    "predict = lambda x, y: model(torch.tensor(X(x, y))).detach().numpy()\n";
}

function jsonText() { // weights as a list a neuron, bias first, and the data
  const { state, classes, train, test, net: { sizes, kinds } } = play;
  return JSON.stringify({ link: writeLink(state), inputs: play.inputs, sizes, activations: kinds.map(kind => kind.name), classes,
    epoch: play.clock.epoch, weights: play.weights(), train, test }, null, 1);
}

function npzBytes() { // as nn's models are saved
  const { file, model, layer } = content.saved;
  const layers = layersOf().map(({ units, inputs, kind }, l) => ({ ...layer, name: `layer${l + 1}`, units, inputs, activation: kind }));
  const arrays = layersOf().flatMap(({ units, inputs, kernel, bias }, l) =>
    [[`layer${l + 1}.kernel.npy`, npy([inputs, units], kernel.flat())], [`layer${l + 1}.bias.npy`, npy([units], bias)]]);
  return zip([[file, encoder.encode(JSON.stringify({ ...model, layers }))], ...arrays]);
}

// ── the picture ──────────────────────────────────────────────────────────────────────────────────

function pieces() { // links as paths, neurons as canvases with their places
  const lines = links.map(({ line }) => Object.fromEntries(["d", "stroke", "stroke-width", "stroke-dasharray"].map(key => [key, line.getAttribute(key)])));
  const maps = [...find("picture").querySelectorAll(".neuron:not([aria-pressed=false])")].map(each =>
    ({ canvas: each.querySelector("canvas"), x: each.offsetLeft, y: each.offsetTop, size: each.offsetWidth, label: each.querySelector("span")?.textContent ?? "" }));
  const { clientWidth: width, clientHeight: height } = find("picture");
  return { lines, maps, width, height };
}

function svgText() {
  const { lines, maps, width, height } = pieces(), page = document.implementation.createDocument(SVG, ""); // which loads nothing
  const add = (tag, attributes, text) => drawn(tag, attributes, text, page);
  const svg = add("svg", { viewBox: `0 0 ${width} ${height}`, width, height });
  svg.append(...lines.map(line => add("path", { ...line, fill: "none" })));
  for (const { canvas, x, y, size, label } of maps) {
    svg.append(add("image", { href: canvas.toDataURL(), x, y, width: size, height: size }), add("rect", { x, y, width: size, height: size, fill: "none", stroke: "#33414E", rx: 4 }));
    if (label) svg.append(add("text", { x: x - 7, y: y + size / 2 + 5, "text-anchor": "end", "font-family": "serif", "font-style": "italic", "font-size": 16, fill: "#14202B" }, label));
  }
  return new XMLSerializer().serializeToString(svg);
}

function pngCanvas() {
  const { lines, maps, width, height } = pieces(), canvas = element("canvas", ""), context = canvas.getContext("2d"), scale = 3;
  Object.assign(canvas, { width: width * scale, height: height * scale });
  context.scale(scale, scale);
  context.fillStyle = getComputedStyle(document.body).backgroundColor;
  context.fillRect(0, 0, width, height);
  for (const line of lines) {
    context.strokeStyle = line.stroke;
    context.lineWidth = line["stroke-width"];
    context.setLineDash(line["stroke-dasharray"] === "none" ? [] : line["stroke-dasharray"].split(" ").map(Number));
    context.stroke(new Path2D(line.d));
  }
  context.fillStyle = getComputedStyle(document.body).color;
  context.textAlign = "right";
  context.font = "italic 16px serif";
  for (const { canvas: map, x, y, size, label } of maps) {
    context.drawImage(map, x, y, size, size);
    context.fillText(label, x - 7, y + size / 2 + 5);
  }
  return canvas;
}

// ── what the buttons do ──────────────────────────────────────────────────────────────────────────

function save(name, parts, type) {
  const link = element("a", "");
  link.href = URL.createObjectURL(new Blob(parts, { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  return `Saved as ${name}.`;
}

const named = (library, code) => () => withoutName().length
  ? `${library} has no activation called '${withoutName()[0]}'. Take NumPy's or chalkgrad's code, or another activation.` : code();
const EXPORTS = {
  link: () => `https://playground.tensorflow.org/${writeLink(play.state)}`,
  iframe: () => `<iframe src="${location.protocol === "about:" ? "play.html" : location.pathname.split("/").at(-1)}${writeLink(play.state).replaceAll('"', "%22").replaceAll("<", "%3C")}" width="1280" height="900" style="border: 0" sandbox="allow-scripts allow-downloads" title="Playground"></iframe>`,
  NumPy: numpyCode, chalkgrad: chalkgradCode, Keras: named("Keras", kerasCode), PyTorch: named("PyTorch", torchCode),
  JSON: jsonText,
  ".npz": () => `${save("playground.npz", [npzBytes()], "application/zip")} nn.load("playground.npz") makes a model of it.`,
  SVG: () => save("playground.svg", [svgText()], "image/svg+xml"),
  PNG: () => { pngCanvas().toBlob(blob => save("playground.png", [blob], "image/png")); return "Saved as playground.png."; },
};

for (const [name, write] of Object.entries(EXPORTS)) {
  const button = element("button", name);
  button.addEventListener("click", () => {
    find("export-about").textContent = ["link", "iframe"].includes(name) && isTooLong(play.state.own) ? `${name} (without your own data, which are too long for it):` : `${name}:`;
    find("export-text").value = write();
    find("export-text").select();
  });
  find("export-kinds").append(button);
}

find("take").addEventListener("click", () => {
  find("export").hidden = !find("export").hidden;
  find("take").setAttribute("aria-expanded", !find("export").hidden);
  if (find("export").hidden) return;
  find("export-about").textContent ||= "What is exported stands here:";
  find("export-title").focus();
});
