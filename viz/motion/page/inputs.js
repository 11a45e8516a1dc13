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
  const leaf = nodes[line.node], slider = element("input", ""), field = element("input", ""), label = element("label", leaf.name);
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
    begin(quiz);
    calculate();
    show();
  };
  slider.addEventListener("input", () => take(Number(Number(slider.value).toPrecision(12)), slider));
  field.addEventListener("input", () => take(field.value === "" ? NaN : Number(field.value), field));
  const made = element("div", "", label, slider, field);
  made.classList.toggle("long", leaf.name.length > LONG);
  return made;
}

const leaves = lines.filter(isLeaf), isSeen = line => Boolean(line.card);
find("leaves").append(...leaves.filter(isSeen).map(input));
const folded = leaves.filter(line => !isSeen(line));
find("others").append(...folded.map((line, i) => input(line, leaves.length + i)));
find("folded").hidden = !folded.length;
find("folded").querySelector("summary").textContent = `Weights and other inputs without a card: ${folded.length}`;
