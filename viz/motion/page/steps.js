// Going through the steps: by buttons, by keys, and by itself.
const ZOOM = 1.25; // by a key
const HOLD = 1400; // milliseconds of a step while playing
let timer = 0;

function go(to) {
  at = Math.min(Math.max(to, 0), steps.length);
  ask();
  if (at === steps.length) play(false);
  show();
}

function play(on) {
  clearInterval(timer);
  timer = on && setInterval(() => find("guess").hidden && go(at + 1), HOLD);
  find("play").setAttribute("aria-pressed", Boolean(on));
  find("play").textContent = on ? "pause" : "play";
}

const ACTIONS = {
  first: () => go(0), previous: () => go(at - 1), next: () => go(at + 1), last: () => go(steps.length),
  play: () => { if (!timer && at === steps.length) go(0); play(!timer); },
  quiz: () => { begin(!quiz); find("quiz").setAttribute("aria-pressed", quiz); go(at); },
  screen, larger: () => enlarge(zoom * ZOOM), smaller: () => enlarge(zoom / ZOOM), whole: () => enlarge(1),
  close: () => { find("ledger").hidden = true; opened?.group.focus(); opened = null; },
};
const KEYS = { ArrowLeft: "previous", ArrowRight: "next", PageUp: "previous", PageDown: "next", Home: "first", End: "last",
  f: "screen", "+": "larger", "=": "larger", "-": "smaller", "−": "smaller", 0: "whole", p: "play", q: "quiz", Escape: "close" };
for (const [id, action] of Object.entries(ACTIONS)) find(id)?.addEventListener("click", action);
document.addEventListener("keydown", event => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  const inField = event.target.tagName === "INPUT", card = cards.find(each => each.group === event.target);
  if (card && (event.key === "Enter" || event.key === " ")) ledger(card, true);
  else if (KEYS[event.key] && (!inField || event.key === "Escape")) ACTIONS[KEYS[event.key]]();
  else return;
  event.preventDefault();
});
for (const card of cards) card.group.addEventListener("click", () => ledger(card, true));
