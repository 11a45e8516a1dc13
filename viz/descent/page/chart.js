// f over the steps, a line for each path, as far as it has come.
function chart() {
  const all = shown(), seen = all.flatMap(({ way }) => (way.end === "diverged" ? way.states.slice(0, 2) : way.states).map(({ f }) => f));
  const [low, high] = seen.length ? [Math.min(...seen), Math.max(...seen)] : [0, 1], last = Math.max(1, state.last);
  const x = k => 1000 * k / last, y = f => 280 - 260 * (f - low) / (high - low || 1);
  find("values").replaceChildren(...all.map(walker => {
    const states = walker.way.states.slice(0, reached(walker.way) + 1);
    const points = states.map(({ f }, k) => `${x(k).toFixed(1)},${Math.max(-50, Math.min(350, y(f))).toFixed(1)}`).join(" ");
    const mark = drawn("path", { d: MARKS[walker.look % MARKS.length], class: "mark", transform: `translate(${points.slice(points.lastIndexOf(" ") + 1)})` });
    return drawn("g", { class: `c${walker.look}` }, drawn("polyline", { points, "stroke-dasharray": DASHES[walker.look % DASHES.length] }), mark);
  }));
  for (const [id, text] of [["high", figure(high)], ["low", figure(low)], ["end", String(last)]]) find(id).textContent = text;
}
