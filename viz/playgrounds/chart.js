// The loss chart: training and test data by epoch, with numbers at its ends and under the pointer.
const MOST_MARKS = 400, SVG = "http://www.w3.org/2000/svg";
let course = []; // [epoch, training, test], every so many epochs

function drawn(tag, attributes, text, page = document) {
  const made = page.createElementNS(SVG, tag);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  return made;
}

function note(losses) { // at this epoch
  const { epoch, sample } = play.clock;
  while (course.length && course.at(-1)[0] >= epoch) course.pop();
  if (!sample) course.push([epoch, ...losses, ...(rival?.losses ?? [])]);
  if (course.length > 2 * MOST_MARKS) course = course.filter((_, i) => i % 2 === 0 || i === course.length - 1);
}

const brief = x => Number.isFinite(x) ? x.toFixed(3) : numeral(x).text;

function drawChart() {
  const chart = find("chart"), width = chart.clientWidth, height = chart.clientHeight, unit = parseFloat(getComputedStyle(chart).fontSize);
  const last = Math.max(course.at(-1)?.[0] ?? 0, 1), top = Math.max(1e-6, ...course.flatMap(([, ...losses]) => losses).filter(Number.isFinite));
  const x = epoch => (epoch / last * (width - 4) + 2).toFixed(1), y = loss => (height - 2 - loss / top * (height - 4)).toFixed(1);
  const line = k => course.filter(row => Number.isFinite(row[k])).map((row, i) => `${i ? "L" : "M"}${x(row[0])},${y(row[k])}`).join("");
  const labels = [drawn("text", { x: 4, y: 0.85 * unit }, brief(top)), drawn("text", { x: width - 4, y: height - 5, class: "end" }, course.length > 1 ? String(last) : "")];
  chart.replaceChildren(drawn("path", { d: line(2), class: "test" }), drawn("path", { d: line(1), class: "train" }),
    ...(rival ? [drawn("path", { d: line(4), class: "test rival" }), drawn("path", { d: line(3), class: "train rival" })] : []), ...labels);
  if (chart.at !== undefined && course.length) point(chart, chart.at, last, x, y);
}

function point(chart, share, last, x, y) { // the numbers of one epoch
  const row = course.reduce((best, row) => Math.abs(row[0] - share * last) < Math.abs(best[0] - share * last) ? row : best);
  const text = `epoch ${row[0]}: train ${brief(row[1])}, test ${brief(row[2])}`, right = share > 0.5;
  chart.append(drawn("path", { d: `M${x(row[0])},0V${chart.clientHeight}`, class: "at" }),
    drawn("text", { x: right ? x(row[0]) - 5 : Number(x(row[0])) + 5, y: chart.clientHeight / 2, class: right ? "end" : "start" }, text));
  chart.setAttribute("aria-label", `Losses: ${text}`);
}

for (const moved of ["pointerdown", "pointermove"]) find("chart").addEventListener(moved, event => {
  const box = find("chart").getBoundingClientRect();
  find("chart").at = (event.clientX - box.left) / box.width;
  drawChart();
});
find("chart").addEventListener("pointerleave", ({ pointerType }) => { // what a finger showed stays
  if (pointerType !== "touch") find("chart").at = undefined;
  drawChart();
});
find("chart").addEventListener("keydown", event => {
  const step = { ArrowLeft: -0.02, ArrowRight: 0.02 }[event.key];
  if (!step) return;
  event.stopPropagation();
  find("chart").at = Math.min(1, Math.max(0, (find("chart").at ?? 1) + step));
  drawChart();
});
