// While the page plays, the numbers of a step move along its roads; not for those who want no motion.
const WAY = 900; // milliseconds
const calm = matchMedia("(prefers-reduced-motion: reduce)");

function send(path, text, back) {
  const made = document.createElementNS(stage.namespaceURI, "text"), length = path.getTotalLength(), start = performance.now();
  made.textContent = text;
  made.setAttribute("class", "moving");
  stage.append(made);
  requestAnimationFrame(function move(now) {
    const part = Math.min(Math.max((now - start) / WAY, 0), 1), { x, y } = path.getPointAtLength((back ? 1 - part : part) * length);
    made.setAttribute("x", x);
    made.setAttribute("y", y);
    if (part < 1 && timer) requestAnimationFrame(move);
    else made.remove();
  });
}

function travel() { // a value forward, what a use hands back backward
  const [phase, i] = current();
  if (!timer || calm.matches) return;
  for (const { groups, links: [link], use } of arrows) {
    const road = groups[phase] ?? groups.forward, end = link[phase === "forward" ? "head" : "tail"].card, { rows: several } = end;
    if (end !== cards[i] || several || isHidden(end)) continue;
    const x = phase === "forward" ? value(link.tail) : use ? share(use) : gradient(link.head) * link.slope;
    send(road.querySelector("path"), figure(x), road !== groups[phase]);
  }
}
