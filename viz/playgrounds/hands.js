// The clock's hands, and the frames while it trains.
function ahead(which) {
  hand = which;
  run(false);
  const isOne = which === "operation", isLast = isOne && operation >= operations(trace()).length;
  if (isOne && (!isLast || pinned)) operation += Number(!isLast);
  else {
    pinned = null;
    operation = Number(isOne);
    if (!play.clock.ahead(isOne ? "sample" : which)) tellTrouble();
  }
  moved();
}

function behind(which) {
  const isOne = which === "operation";
  hand = which;
  run(false);
  if (isOne && (operation || pinned)) operation = Math.max(0, operation - 1);
  else {
    pinned = null;
    operation = 0;
    if (play.clock.back(isOne ? "sample" : which) && isOne) operation = operations(trace()).length - 1;
  }
  moved();
}

function moved() {
  follow();
  const { learningRate, regularization, regularizationRate, batchSize, dropout } = play.clock.settings;
  play.state = { ...play.state, learningRate, regularization, regularizationRate, batchSize, cg_dropout: dropout };
  fillControls();
  note(play.losses);
  address();
  wake();
}

function tellTrouble() { // training has stopped before it
  const { strange, number } = play.clock.trouble, { links } = play.net;
  const name = strange < links ? weightName(strange) : biasName(strange - links);
  find("trouble").textContent = `The next update would make ${name} ${Number.isNaN(number) ? "not a number" : "infinite"}. Training has stopped before it: take a smaller learning rate, or rewind.`;
  run(false);
}

function run(on) {
  running = on;
  find("play").setAttribute("aria-pressed", on);
  find("play").textContent = on ? "❚❚ pause" : "▶ play";
  if (on) {
    pinned = null;
    operation = 0;
  }
  wake();
}

function tick() { // a frame
  frame = 0;
  if (running) {
    if (!play.clock.ahead("epoch")) tellTrouble();
    follow();
    note(play.losses);
    if (isReached()) run(false);
  }
  render();
  if (running) wake();
}

function isReached() { // a condition under which training stops
  const { cg_stopEpoch: epoch, cg_stopLoss: loss } = play.state, [now, , test] = course.at(-1) ?? [0, 0, Infinity];
  return (epoch > 0 && now >= epoch) || (loss > 0 && test <= loss);
}

function wake() { // draw the next frame
  frame ||= requestAnimationFrame(tick);
}
