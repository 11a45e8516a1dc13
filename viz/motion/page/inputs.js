// Sliders and fields for the leaves; those without a card of their own, as weights on arrows, can be opened below.
const LONG = 8; // characters of a name that has a row of its own

function span(x) { // 1, 2 or 5 times a power of ten, twice as far as x
  const power = 10 ** Math.floor(Math.log10(Math.max(2 * Math.abs(x), 1)));
  return [1, 2, 5, 10].map(k => k * power).find(s => s >= 2 * Math.abs(x)) || 1;
}

function range(slider, x) { // let a slider reach a number
  const s = Number.isFinite(x) ? span(x) : 1;
  if (!(s <= slider.max && slider.max !== "")) Object.assign(slider, { min: -s, max: s, step: s / 100 });
  slider.value = x;
}

function input(line, i) {
  const leaf = nodes[line.node], slider = element("input", ""), field = element("input", ""), label = maths("label", leaf.name);
  Object.assign(field, { type: "number", step: "any", id: `leaf${i}`, value: leaf.data });
  label.htmlFor = field.id;
  slider.type = "range";
  slider.setAttribute("aria-label", `${leaf.name}, slider`);
  slider.max = "";
  range(slider, leaf.data);
  const take = (x, from) => {
    field.setAttribute("aria-invalid", !Number.isFinite(x));
    if (!Number.isFinite(x)) return void (find("problem").textContent = `${leaf.name} needs a number, as 3 or -0.5.`);
    leaf.data = x;
    if (from === slider) field.value = x;
    else range(slider, x);
    changed();
  };
  slider.addEventListener("input", () => take(Number(Number(slider.value).toPrecision(12)), slider));
  field.addEventListener("input", () => take(field.value === "" ? NaN : Number(field.value), field));
  const made = element("div", "", label, slider, field);
  made.classList.toggle("long", leaf.name.length > LONG);
  return made;
}

const fields = new Map(); // of leaves, by their nodes

function place() { // those of leaves with cards in this view above, the others below
  const hidden = leaves.filter(line => !line.card), shown = leaves.filter(line => line.card);
  for (const line of [...shown, ...hidden]) if (!fields.has(line.node)) fields.set(line.node, input(line, fields.size));
  find("leaves").append(...shown.map(line => fields.get(line.node)));
  find("others").append(...hidden.map(line => fields.get(line.node)));
  find("folded").hidden = !hidden.length;
  find("folded").querySelector("summary").textContent = `Weights and other inputs without a card: ${hidden.length}`;
}
