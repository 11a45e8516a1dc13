// The sentences that numbers stand in.
const BRIEF = Math.min(digits, 2); // digits of numbers that share a row

const isLeaf = line => !nodes[line.node].op;
const shownValue = line => numeral(value(line), isLeaf(line));

const NUMBERS = {
  value: node => shownValue({ node }), gradient: node => numeral(gradient({ node })),
  slope: ([head, k]) => numeral(view.byNode.get(head).links[k].slope),
};

function write(pieces) { // text with numbers in its holes, in brackets where they hold too loosely
  let rounded = false;
  const text = pieces.reduce((text, piece) => {
    if (piece === null) rounded = true; // a number in the text
    if (!Array.isArray(piece)) return text + (piece ?? "");
    const [kind, i, needs] = piece, shown = NUMBERS[kind](i), number = shown.text;
    rounded ||= shown.rounded;
    if (text.endsWith("^") && /^−?\d+$/.test(number)) return text.slice(0, -1) + raised(number);
    const loose = (needs && number.startsWith("−")) || (needs > 1 && number.includes("·"));
    return text + (loose ? `(${number})` : number);
  }, "");
  return { text, rounded };
}

const result = (line, name = line.name) => chain([name, shownValue(line)]);
const partial = line => chain([line.label, numeral(gradient(line))]);

function equation(phase, line) { // a line of a pass, as autograd.steps has it
  const { calculated, forced, arrived, pushed } = nodes[line.node], sides = line[phase].map(write);
  const [name, result, wished] = phase === "forward" ? [line.title, calculated, forced] : [line.label, arrived, pushed];
  return chain([name, ...sides, numeral(result)]) + (wished === undefined ? "" : `, forced to ${figure(wished)}`);
}

function sentence([phase, i]) { // of several nodes: what they are, the first one's line, the others' numbers
  const { rows: several, lines: [first], title } = cards[i];
  if (!several) return equation(phase, first);
  const number = phase === "forward" ? result : partial;
  const wanted = several.filter(([line]) => !line || phase === "forward" || (line.learned && line.reached));
  const texts = wanted.map(([line], place) => !line ? "…" : place ? number(line) : equation(phase, line));
  return `${title}: ${texts.join(", ")}`;
}
