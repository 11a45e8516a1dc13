// The arithmetic of the step that follows: each line of the optimiser's rule, in letters and in numbers.
function symbols(walker, pieces, own) {
  const letters = { rate: "η", "h.weight_decay": "λ", ...walker.letters };
  return pieces.map(piece => piece.name === undefined ? piece : piece.name === "p" ? own : letters[piece.name]).join("");
}

function substituted(pieces, numbers) { // a negative number and a power of ten stand in parentheses, but at the start
  return pieces.map((piece, i) => {
    if (piece.name === undefined) return piece;
    const { text } = numeral(numbers[piece.name]), first = i === 0 || (i === 1 && pieces[0] === "(") || /\($/.test(pieces[i - 1]);
    return (text.startsWith("−") && !first) || text.includes("·") ? `(${text})` : text;
  }).join("");
}

function numbersOf(walker, now, next, i) { // what a rule reads, by name, for one variable
  const by = (prefix, slots) => Object.entries(slots).map(([name, x]) => [`${prefix}.${name}`, x[i]]);
  const own = Object.entries(walker.h).map(([name, x]) => [`h.${name}`, x]);
  return { ...Object.fromEntries([...own, ...by("slots", now.s), ...by("new", next.s)]), p: now.decayed[i], g: now.cut[i], rate: now.rate, steps: state.at };
}

function arithmetic() {
  const walker = state.walkers[state.chosen], { states, end } = walker.way, now = states[state.at], next = states[state.at + 1];
  find("rule").textContent = `${walker.name}: ${walker.formula}`;
  const made = [];
  if (!now || !next) {
    const how = { flat: "both slopes are flat", steps: "all steps are taken", diverged: "the next step leaves the floats, or goes too far" }[end];
    made.push(element("p", `It stops after ${states.length - 1} steps: ${how}.`));
  } else {
    made.push(typeset(element("p", ""), `η = ${figure(now.rate)}, k = ${state.at} steps so far`));
    content.names.forEach((name, i) => made.push(variable(walker, now, next, name, i)));
  }
  find("lines-of-step").replaceChildren(...made);
}

function variable(walker, now, next, name, i) {
  const numbers = numbersOf(walker, now, next, i), list = element("ul", ""), { h } = walker;
  const add = (line, result, own = numbers) => list.append(changed(walker, line, name, own, result));
  list.append(maths("li", chain([`g = ∂f/∂${name}`, numeral(now.g[i])])));
  if (now.cut !== now.g) list.append(maths("li", chain([`g ← ${cutting(h)}`, numeral(now.cut[i])])));
  if (h.weight_decay) content.decay.forEach(line => add(line, now.decayed[i], { ...numbers, p: now.p[i] }));
  for (const line of walker.lines[switched(walker)]) add(line, line.name === "p" ? next.p[i] : next.s[line.name][i]);
  return element("div", "", maths("h3", name), list);
}

function cutting({ clipvalue, clipnorm, global_clipnorm }) {
  if (clipvalue) return `max(min(g, ${figure(clipvalue)}), −${figure(clipvalue)})`;
  const most = figure(clipnorm || global_clipnorm);
  return `g · ${most} / max(√(∂f/∂${content.names[0]}² + ∂f/∂${content.names[1]}²), ${most})`;
}

function changed(walker, line, name, numbers, result) { // a line in letters, and below it in numbers
  const own = line.name === "p" ? name : line.letter, item = maths("li", `${own} ← ${symbols(walker, line.pieces, name)}`);
  item.append(document.createElement("br"), element("span", `= ${chain([substituted(line.pieces, numbers), numeral(result)])}`));
  return item;
}
