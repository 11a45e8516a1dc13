// Going through the steps: by buttons, and by itself.
const ZOOM = 1.25; // by a key
const HOLD = 1400; // milliseconds of a step while playing
let timer = 0;

function go(to) {
  at = Math.min(Math.max(to, 0), steps.length);
  ask();
  if (at === steps.length) play(false);
  show();
  travel();
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
  screen: () => screen(), larger: () => enlarge(zoom * ZOOM), smaller: () => enlarge(zoom / ZOOM), whole: () => enlarge(1),
  keys: () => list(),
  close: () => {
    if (!find("help").hidden) return list();
    if (find("ledger").hidden && views.length > 1) return fold();
    find("ledger").hidden = true;
    opened?.group.focus();
    opened = null;
  },
};
function press(card, event) { // it unfolds, or shows its ledger
  const unfolded = views.length > 1 && !event.shiftKey && inner(card);
  if (unfolded) turn(unfolded);
  else ledger(card, true);
}

for (const [id, action] of Object.entries(ACTIONS)) find(id)?.addEventListener("click", action);
