// Cards for several nodes and weights on arrows: in a page where there are any.
const PADDING = 9; // points between a row's texts and its card's border

function align(card) { // values to the left of their rows, gradients to the right
  const box = card.group.querySelector("rect:last-of-type"), x = Number(box.getAttribute("x")), texts = card.texts.slice(2);
  const right = x + Number(box.getAttribute("width"));
  for (const [, , partly] of card.rows) {
    for (const [side, at] of [["start", x + PADDING], ...(partly ? [["end", right - PADDING]] : [])]) {
      const text = texts.shift();
      text.classList.add(side);
      text.setAttribute("x", at);
    }
  }
}

function brief(line) { // a gradient in a row: the number alone
  if (!line.reached) return at === steps.length ? "∂ —" : LATER;
  return isDone(line.card) ? `∂ ${numeral(gradient(line), false, BRIEF).text}` : LATER;
}

function showRows(card) { // of a card for several nodes
  const texts = card.texts.slice(2);
  for (const [line, name, partly] of card.rows) {
    const number = () => isKnown(card) ? chain([name, numeral(value(line), isLeaf(line), BRIEF)]) : `${name} = ${LATER}`;
    set(texts.shift(), line ? number() : LATER);
    if (partly) set(texts.shift(), line ? brief(line) : LATER);
  }
}

function showWeight({ groups, weights, label, from, partial: name }, head) { // that stands on an arrow, and its gradient
  const texts = groups.forward.querySelectorAll("text"), total = weights.reduce((sum, w) => sum + nodes[w].value, 0);
  set(texts[0], chain([...label, numeral(total, weights.length === 1)].filter(Boolean)));
  if (!from) return;
  const [r, x] = from.map(i => nodes[i]), product = r.gradient * x.value;
  const number = terse ? [name + numeral(product, false, BRIEF).text] : [...name, numeral(product)];
  set(texts[1], head.done >= 0 && head.done < at && !isHidden(head) ? chain(number) : LATER);
}
