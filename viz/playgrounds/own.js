// Your own data: rows of a table, standardised so that they fill the plane; or points that clicks on the map add.
const MOST_ROWS = 5000, MOST_NAMES = 40; // of a table; characters of a name that is shown
let table = null; // { names, rows } of texts

function cells(line, separator) { // with quotes around those that have a separator
  const found = [];
  let text = "", isQuoted = false;
  for (const c of line) {
    if (c === '"') isQuoted = !isQuoted;
    else if (c === separator && !isQuoted) {
      found.push(text.trim());
      text = "";
    } else text += c;
  }
  return [...found, text.trim()];
}

const asNumber = text => text === undefined || !text.trim() ? NaN : Number(text.replace("−", "-"));

function readTable(text) {
  const lines = text.split(/\r?\n/).filter(line => line.trim()).slice(0, MOST_ROWS + 1);
  const separator = [",", ";", "\t"].find(sign => lines[0]?.includes(sign)) ?? " ";
  const rows = lines.map(line => cells(separator === " " ? line.trim().replace(/\s+/g, " ") : line, separator));
  const isHead = rows.length > 1 && rows[0].slice(0, 2).every(cell => Number.isNaN(asNumber(cell)));
  const names = isHead ? rows.shift() : (rows[0] ?? []).map((_, i) => `column ${i + 1}`);
  return { names: names.map((name, i) => (name || `column ${i + 1}`).slice(0, MOST_NAMES)), rows };
}

function numbersOf(column) { // of a column that has to have some; else what is wrong
  return table.rows.map((row, i) => {
    const x = asNumber(row[column]);
    const got = row[column] ? `'${row[column].slice(0, MOST_NAMES)}'` : "nothing";
    if (!Number.isFinite(x)) throw new Error(`Row ${i + 1} has ${got} in '${table.names[column]}', which needs a number. Remove the row, or choose another column.`);
    return x;
  });
}

const mean = list => list.reduce((sum, x) => sum + x, 0) / list.length;

function standardised(column, letter) { // (x − mean) / deviation, and that as a formula
  const list = numbersOf(column), middle = mean(list), deviation = Math.sqrt(mean(list.map(x => (x - middle) ** 2))) || 1;
  const formula = `${letter} = (${table.names[column]} − ${bracketed(numeral(middle).text)}) / ${numeral(deviation).text}`;
  return { list: list.map(x => (x - middle) / deviation), formula };
}

function labelled(column, kind) { // −1 and 1, or 0, 1, 2, … of more classes, or numbers from −1 to 1
  const name = table.names[column];
  if (kind === "number") {
    const list = numbersOf(column), low = Math.min(...list), high = Math.max(...list), middle = (low + high) / 2, half = (high - low) / 2 || 1;
    return { list: list.map(y => (y - middle) / half), classes: [], formula: `y = (${name} − ${bracketed(numeral(middle).text)}) / ${numeral(half).text}` };
  }
  const texts = table.rows.map(row => row[column] ?? ""), names = [...new Set(texts)].sort((a, b) => asNumber(a) - asNumber(b) || (a < b ? -1 : 1));
  if (names.length < 2 || names.length > MOST_CLASSES) throw new Error(`'${name}' has ${names.length} different values; classes are 2 to ${MOST_CLASSES}. Choose another column, or say that it is a number.`);
  const classes = names.length === 2 ? [-1, 1] : names.map((_, k) => k);
  return { list: texts.map(text => classes[names.indexOf(text)]), classes, names, formula: names.map((name, k) => `y = ${numeral(classes[k]).text}: ${name}`).join(", ") };
}

function useTable() {
  const told = find("own-told");
  try {
    if (!table?.rows.length) throw new Error("There are no rows. Paste some, or choose a file.");
    const [x, y, label] = ["own-x", "own-y", "own-label"].map(id => Number(find(id).value));
    const u = standardised(x, "x₁"), v = standardised(y, "x₂"), w = labelled(label, find("own-kind").value);
    const points = u.list.map((x, i) => ({ x, y: v.list[i], label: w.list[i] }));
    useOwn({ points, classes: w.classes, names: w.names, formulas: [u.formula, v.formula, w.formula] });
    return true;
  } catch (error) {
    told.classList.add("wrong");
    told.textContent = error.message;
    return false;
  }
}

function useOwn(own) {
  const outputs = own.classes.length > 2 ? own.classes.length : 1, fits = play.state.model?.sizes.at(-1) === outputs;
  begin({ ...play.state, model: fits ? play.state.model : null, problem: own.classes.length ? "classification" : "regression", cg_classes: Math.max(2, own.classes.length), own });
  tellOwn();
  address();
}

function tellOwn() {
  const told = find("own-told"), { own } = play.state;
  told.classList.remove("wrong");
  const long = isTooLong(own) ? [`They are too long for a link, which holds ${MOST_WRITTEN} characters: it has the data set in their place.`] : [];
  told.textContent = own ? [`${own.points.length} points.`, ...own.formulas, ...long].join("\n") : "";
}

function fillColumns(text) {
  table = readTable(text);
  const { names, rows } = table, last = Math.max(0, names.length - 1);
  [["own-x", 0], ["own-y", Math.min(1, last)], ["own-label", last]].forEach(([id, at]) => {
    find(id).replaceChildren(...names.map((name, i) => Object.assign(element("option", name), { value: i })));
    find(id).value = at;
  });
  const values = new Set(rows.map(row => row[last]));
  find("own-kind").value = values.size <= MOST_CLASSES ? "class" : "number";
}

async function readFile(file) {
  if (!file) return;
  const text = await file.text();
  showOwn(true);
  find("own-text").value = text.slice(0, 1e6);
  fillColumns(text);
  useTable();
}

function showOwn(on) {
  find("own").hidden = !on;
  find("yours").setAttribute("aria-expanded", on);
}

// ── points by clicks ─────────────────────────────────────────────────────────────────────────────

function drawPoint(event) { // of the class that is chosen, where the map was clicked
  const box = find("map").getBoundingClientRect(), side = 2 * WIDEST;
  const x = (event.clientX - box.left) / box.width * side - WIDEST, y = WIDEST - (event.clientY - box.top) / box.height * side;
  const before = play.state.own ?? { points: [...play.train, ...play.test], classes: play.classes, formulas: [] };
  const own = { ...before, points: [...before.points, { x, y, label: Number(find("own-draw").value) }] };
  anotherData({ ...play.state, own });
  fillControls();
  tellOwn();
}

function fillDraw() { // the classes of this data set
  const select = find("own-draw"), labels = play.classes.length ? play.classes : [-1, 1], now = select.value;
  const options = labels.map((label, k) => Object.assign(element("option", play.state.own?.names?.[k] ?? numeral(label).text), { value: label }));
  select.replaceChildren(Object.assign(element("option", "off"), { value: "" }), ...options);
  select.value = labels.some(label => String(label) === now) ? now : "";
}

find("yours").addEventListener("click", () => {
  showOwn(find("own").hidden);
  fillDraw();
  if (!find("own").hidden) find("own-title").focus();
});
find("own-text").addEventListener("input", () => fillColumns(find("own-text").value));
find("own-file").addEventListener("change", event => readFile(event.target.files[0]));
find("own-use").addEventListener("click", useTable);
find("own-clear").addEventListener("click", () => {
  anotherData({ ...play.state, own: { points: [], classes: play.classes, names: play.state.own?.names, formulas: [] } });
  tellOwn();
});
document.addEventListener("dragover", event => event.preventDefault());
document.addEventListener("drop", event => {
  event.preventDefault();
  readFile(event.dataTransfer.files[0]);
});
