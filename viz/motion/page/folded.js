// Cards for several nodes and weights on arrows: in a page where there are any.
const PADDING = 9, BETWEEN = 12; // points between a row's texts and its card's border; between a value and its gradient
const BACK = 76; // points that are left to a gradient, at least

function align(card) { // values to the left of their rows, gradients to the right
  const [x, width] = ["x", "width"].map(key => Number(card.box.getAttribute(key))), right = x + width, texts = card.texts.slice(2);
  card.width = width - 2 * PADDING;
  for (const [, , partly] of card.rows) {
    for (const [side, at] of [["start", x + PADDING], ...(partly ? [["end", right - PADDING]] : [])]) {
      const text = texts.shift();
      text.classList.add(side);
      text.setAttribute("x", at);
      text.room = partly ? Math.max(text.getComputedTextLength(), card.width - BACK - BETWEEN) : card.width;
    }
  }
}

function brief(line, most) { // a gradient in a row: the number alone
  if (!line.reached) return at === steps.length ? "∂ —" : LATER;
  return isDone(line.card) ? `∂ ${bare(numeral(gradient(line), false, BRIEF, most))}` : LATER;
}

function showRows(card) { // of a card for several nodes
  const texts = card.texts.slice(2);
  for (const [line, name, partly] of card.rows) {
    const number = most => isKnown(card) ? chain([name, numeral(value(line), isLeaf(line), BRIEF, most)]) : `${name} = ${LATER}`;
    const own = texts.shift(), back = partly && texts.shift();
    set(own, line ? number : LATER);
    if (!back) continue;
    const room = card.width - own.getComputedTextLength() - BETWEEN;
    if (room !== back.room) Object.assign(back, { room, full: null });
    set(back, line ? most => brief(line, most) : LATER);
  }
}

function showWeight({ groups, weights, label, from, partial: name }, head) { // that stands on an arrow, and its gradient
  const texts = groups.forward.querySelectorAll("text"), total = weights.reduce((sum, w) => sum + nodes[w].value, 0);
  set(texts[0], most => chain([...label, numeral(total, weights.length === 1, digits, most)].filter(Boolean)));
  if (!from) return;
  const [r, x] = from.map(i => nodes[i]), product = r.gradient * x.value;
  const number = most => terse ? name + bare(numeral(product, false, BRIEF, most)) : chain([...name, numeral(product, false, digits, most)]);
  set(texts[1], head.done >= 0 && head.done < at && !isHidden(head) ? number : LATER);
}
