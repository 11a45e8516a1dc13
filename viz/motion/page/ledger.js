// The ledger of a card: both of its lines, and the paths whose products are its gradient.
const MOST_PATHS = 12; // of more only their number is told
let opened = null;

function element(tag, text, ...children) {
  const made = document.createElement(tag);
  made.textContent = text;
  made.append(...children);
  return made;
}

function paths(from, most) { // ways from a line to the output, as lists of links
  const found = [], stack = [[from, []]];
  while (stack.length && found.length <= most) {
    const [i, way] = stack.pop();
    if (i === output) found.push(way);
    else for (const link of links) if (link.tail === i && link.back) stack.push([link.head, [...way, link]]);
  }
  return found;
}

function alongPath(line, way) { // b → u → v → J: 2 · 1 · 3 = 6
  const names = [line.name, ...way.map(link => lines[link.head].name)].join(" → ");
  const factors = way.map(link => numeral(link.slope));
  const text = factors.map(factor => factor.text.startsWith("−") ? `(${factor.text})` : factor.text).join(" · ");
  const product = way.some(link => link.isClosed) ? 0 : way.reduce((sum, link) => sum * link.slope, 1);
  return `${names}: ${chain([{ text, rounded: factors.some(factor => factor.rounded) }, numeral(product)])}`;
}

function account(line) { // its gradient, and the paths that it comes by
  const i = lines.indexOf(line), ways = i === output ? [] : paths(i, MOST_PATHS), { name } = lines[output];
  if (ways.length > MOST_PATHS) return [[equation("backward", line), `More than ${MOST_PATHS} paths lead to ${name}.`], []];
  const heading = ways.length ? [`Along ${ways.length === 1 ? "the only path" : "each path, to be added"}:`] : [];
  return [[equation("backward", line), ...heading], ways.map(way => alongPath(line, way))];
}

function why(card) { // there is no gradient to show
  if (!card.learned) return "It is data: no gradient is wanted.";
  if (isHidden(card) && card.done < at) return "Its gradient is yours to find.";
  return card.reached ? "Its gradient is not computed yet."
    : `No gradient reaches it: ${lines[output].name} does not change with it.`;
}

function entries(card) { // of a card for several nodes each one's two lines
  const values = line => isLeaf(line) ? result(line) : equation("forward", line);
  const known = isKnown(card), done = isDone(card);
  if (card.rows) {
    const own = card.lines.map(k => lines[k]), back = done ? own.filter(line => line.learned && line.reached) : [];
    return [known ? own.map(values) : [], back.map(line => equation("backward", line))];
  }
  const [texts, items] = done ? account(card.line) : [[why(card)], []];
  return [[...(known ? [values(card.line)] : []), ...texts], items];
}

function ledger(card, focus = false) {
  opened = card;
  const [texts, items] = entries(card), list = element("ul", "");
  list.append(...items.map(text => element("li", text)));
  find("about").textContent = card.title;
  find("entries").replaceChildren(...texts.map(text => element("p", text)), list);
  find("ledger").hidden = false;
  if (focus) find("about").focus();
}
