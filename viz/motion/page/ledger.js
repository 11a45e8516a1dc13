// The ledger of a card: both of its lines, and the paths whose products are its gradient.
const MOST_PATHS = 12; // of more only their number is told
let opened = null;

function paths(from, most) { // ways from a line to the output, as lists of links
  const found = [], stack = [[from, []]];
  while (stack.length && found.length <= most) {
    const [line, way] = stack.pop();
    if (line === lines.at(-1)) found.push(way);
    else for (const link of usesOf(line)) stack.push([link.head, [...way, link]]);
  }
  return found;
}

function alongPath(line, way) { // b → u → v → J: 2 · 1 · 3 = 6
  const names = [line.name, ...way.map(link => link.head.name)].join(" → ");
  const factors = way.map(link => numeral(link.slope));
  const text = factors.map(factor => factor.text.startsWith("−") ? `(${factor.text})` : factor.text).join(" · ");
  const product = way.some(link => link.isClosed) ? 0 : way.reduce((sum, link) => sum * link.slope, 1);
  return `${names}: ${chain([{ text, rounded: factors.some(factor => factor.rounded) }, numeral(product)])}`;
}

function account(line) { // its gradient, and the paths that it comes by
  const ways = line === lines.at(-1) ? [] : paths(line, MOST_PATHS), { name } = lines.at(-1);
  if (ways.length > MOST_PATHS) return [[equation("backward", line), `More than ${MOST_PATHS} paths lead to ${name}.`], []];
  const heading = ways.length ? [`Along ${ways.length === 1 ? "the only path" : "each path, to be added"}:`] : [];
  return [[equation("backward", line), ...heading], ways.map(way => alongPath(line, way))];
}

function why(card) { // there is no gradient to show
  if (!card.learned) return "It is data: no gradient is wanted.";
  if (isHidden(card) && card.done < at) return "Its gradient is yours to find.";
  return card.reached ? "Its gradient is not computed yet."
    : `No gradient reaches it: ${lines.at(-1).name} does not change with it.`;
}

function entries(card) { // of a card for several nodes each one's two lines
  const values = line => isLeaf(line) ? result(line) : equation("forward", line);
  const known = isKnown(card), done = isDone(card);
  if (card.rows) {
    const own = card.lines, back = done ? own.filter(line => line.learned && line.reached) : [];
    return [known ? own.map(values) : [], back.map(line => equation("backward", line))];
  }
  const [texts, items] = done ? account(card.line) : [[why(card)], []];
  return [[...(known ? [values(card.line)] : []), ...texts], items];
}

function ledger(card, focus = false) {
  opened = card;
  const own = card.line.card, [texts, items] = entries(own), list = element("ul", ""); // of a leaf where it stands first
  list.append(...items.map(text => maths("li", text)));
  typeset(find("about"), own.title);
  find("entries").replaceChildren(...texts.map(text => maths("p", text)), list);
  const field = document.activeElement.id;
  find("wishes").replaceChildren(...wishes(own));
  if (field.startsWith("wish")) find(field)?.focus();
  find("ledger").hidden = false;
  if (focus) find("about").focus();
}
