// Unfolding: a card of several nodes gives way to a view in which these have cards, and back again.
const MORPH = 400; // milliseconds
const BADGE = 8; // points: the radius of the sign on a card that unfolds
let settle = () => {};

const path = () => { // the views from the first one to the one that is seen
  const above = [];
  for (let each = view; each; each = views[each.parent]) above.unshift(each);
  return above;
};

function inner(card) { // the view in which it is unfolded, if there is one
  const above = path(), ways = above.toReversed().flatMap(each => (each.opens ?? []).map(([k, to]) => [each.cards[k].key, views[to]]));
  return ways.find(([key, to]) => key === card.key && !above.includes(to))?.[1];
}

function mark(card) {
  if (!inner(card)) return;
  const { x, y, width } = card.box.getBBox(), sign = document.createElementNS(stage.namespaceURI, "path"), r = BADGE, half = r / 2;
  sign.setAttribute("d", `M${x + width - r - 1},${y + 1}a${r},${r} 0 1 0 ${2 * r},0a${r},${r} 0 1 0 ${-2 * r},0m${half},0h${r}m${-half},${-half}v${r}`);
  sign.setAttribute("class", "more");
  card.box.after(sign);
  card.group.setAttribute("aria-expanded", "false");
}

const nodesOf = card => card.lines.flatMap(line => [line.node, ...line.inside]);
const partners = (card, other) => { // the cards of another view that share nodes with it
  const own = new Set(nodesOf(card));
  return other.cards.filter(each => nodesOf(each).some(node => own.has(node)));
};

function counterpart(from, to) { // how far the other view is, where this one has come so far
  if (!at || at === from.steps.length) return at && to.steps.length;
  for (const [phase, i] of from.steps.slice(0, at).reverse()) {
    const own = partners(from.cards[i], to), last = to.steps.findLastIndex(([other, k]) => other === phase && own.includes(to.cards[k]));
    if (last >= 0) return last + 1;
  }
  return 0;
}

function turn(to) { // to another view, at the same step
  const from = view, before = stage.getScreenCTM(), above = path();
  settle();
  seen[views.indexOf(to)].removeAttribute("display");
  if (to.byNode) see(to);
  else prepare(to);
  opened = null;
  find("ledger").hidden = true;
  zoom = 1;
  frame();
  at = counterpart(from, to);
  crumbs();
  place();
  ask();
  calculate();
  show();
  const back = above.includes(to) ? above[above.indexOf(to) + 1] : null;
  const near = back ? to.cards[back.of] : partners(views[to.parent].cards[to.of], to)[0];
  (near ?? cards[0]).group.focus({ preventScroll: true });
  morph(from, to, stage.getScreenCTM().inverse().multiply(before));
}

function fold() {
  if (view.parent !== undefined) turn(views[view.parent]);
}

function crumbs() { // the way to what is seen, by which one goes back
  const names = path().map(each => [each, each.parent === undefined ? lines.at(-1).name : views[each.parent].cards[each.of].title.split(" = ")[0]]);
  const buttons = names.map(([each, name]) => {
    const button = maths("button", name);
    if (each === view) button.setAttribute("aria-current", "true");
    button.addEventListener("click", () => each === view || turn(each));
    return button;
  });
  const up = element("button", "fold");
  up.setAttribute("aria-keyshortcuts", "Escape");
  up.addEventListener("click", fold);
  find("crumbs").replaceChildren(...buttons, up);
  find("crumbs").hidden = view.parent === undefined;
}

// ── the way there ────────────────────────────────────────────────────────────────────────────────

function around(boxes) { // one box around several
  const [left, top] = ["x", "y"].map(key => Math.min(...boxes.map(box => box[key])));
  const [right, bottom] = [["x", "width"], ["y", "height"]].map(([key, size]) => Math.max(...boxes.map(box => box[key] + box[size])));
  return { x: left, y: top, width: right - left, height: bottom - top };
}

function from(a, b) { // the transformation that shows what is at b at a
  const sx = a.width / b.width || 1, sy = a.height / b.height || 1;
  return `translate(${a.x - b.x * sx}px, ${a.y - b.y * sy}px) scale(${sx}, ${sy})`;
}

function pieces(each) { // of a view: what is drawn, by what it is in every view
  const roads = each.arrows.flatMap(({ groups, ends }) => Object.entries(groups).filter(([, group]) => group)
    .map(([kind, group]) => ({ group, key: [kind, ...ends.map(k => each.cards[k].key)].join(" ") })));
  return [...each.cards.map(card => ({ group: card.group, key: card.key, card })), ...roads].map(
    piece => ({ ...piece, box: (piece.card?.box ?? piece.group).getBBox() }));
}

function morph(old, to, { a: scale, e: dx, f: dy }) { // what is in both moves, the rest comes and goes
  const layer = seen[views.indexOf(old)], moves = [], [before, after] = [old, to].map(pieces);
  const here = box => ({ x: box.x * scale + dx, y: box.y * scale + dy, width: box.width * scale, height: box.height * scale });
  const there = box => ({ x: (box.x - dx) / scale, y: (box.y - dy) / scale, width: box.width / scale, height: box.height / scale });
  const move = (group, ...frames) => moves.push(group.animate(frames, { duration: calm.matches ? 0 : MORPH, easing: "ease-in-out", fill: "both" }));
  const place = (card, all, other) => {
    const boxes = card ? partners(card, other).map(each => all.find(piece => piece.card === each).box) : [];
    return boxes.length ? around(boxes) : null;
  };
  for (const { group, key, box, card } of after) {
    const twin = before.find(piece => piece.key === key), start = twin?.box ?? place(card, before, old);
    move(group, { transform: start ? from(here(start), box) : "none", opacity: twin ? 1 : 0 }, { transform: "none", opacity: 1 });
  }
  for (const { group, key, box, card } of before) {
    const twin = after.some(piece => piece.key === key), end = place(card, after, to);
    move(group, { transform: "none", opacity: twin ? 0 : 1 }, { transform: end ? from(there(end), box) : "none", opacity: 0 });
  }
  panel.classList.add("morphing");
  layer.setAttribute("transform", `matrix(${scale} 0 0 ${scale} ${dx} ${dy})`);
  settle = () => {
    settle = () => {};
    for (const each of moves) each.cancel();
    panel.classList.remove("morphing");
    layer.removeAttribute("transform");
    if (old !== view) layer.setAttribute("display", "none");
  };
  Promise.all(moves.map(each => each.finished)).then(settle, () => {});
}
