// What is seen of a state: numbers, controls, data sets.
function render() {
  maps.calculate(running);
  dressLinks();
  dressNeurons();
  paintLarge();
  paintPoints();
  showRival();
  showNumbers();
  drawChart();
  showBoard();
  fillCard();
}

function showNumbers() {
  const [train, test] = course.at(-1)?.slice(1) ?? [], now = play.clock.sample ? play.losses : [train, test];
  find("loss-train").textContent = brief(now[0]);
  find("loss-test").textContent = brief(now[1]);
  const { epoch, sample, count, settings: { batchSize } } = play.clock, batches = Math.max(1, Math.ceil(count / batchSize));
  const said = {
    epoch: epoch.toLocaleString("en"), batch: `${Math.floor(sample / batchSize)} of ${batches}`, sample: `${sample} of ${count}`,
    operation: running ? "" : `${operation} of ${operations(trace()).length}`,
  };
  showScore();
  for (const name of HANDS) find(`hand-${name}`).textContent = said[name];
}

function showScore() { // how many points are classified right, and as what the others
  const { classes } = play, box = find("score");
  box.hidden = !classes.length;
  if (!classes.length) return;
  const names = play.state.own?.names ?? classes.map(label => numeral(label).text), outputs = play.outputs();
  const [train, test] = play.sets.map(({ labels }, i) => confusion(outputs[i], labels, classes));
  const share = counts => {
    const all = counts.flat().reduce((sum, n) => sum + n, 0), right = counts.reduce((sum, row, k) => sum + row[k], 0);
    return all ? `${(100 * right / all).toFixed(1)} %` : "—";
  };
  find("accuracy").textContent = `Accuracy: test ${share(test)}, training ${share(train)}`;
  if (!box.open) return;
  const head = element("tr", "", element("th", "right \\ predicted"), ...names.map(name => element("th", name)));
  const rows = test.map((row, k) => element("tr", "", element("th", names[k]), ...row.map(n => element("td", String(n)))));
  find("confusion").replaceChildren(head, ...rows);
}

function fillControls() {
  const { state } = play;
  for (const [key, choices] of Object.entries(CHOICES)) {
    const now = key === "problem" && play.classes.length > 2 ? String(play.classes.length) : state[key];
    const known = choices.some(([value]) => value === now);
    const all = known ? choices : [[now, String(now)], ...choices];
    find(key).replaceChildren(...all.map(([value, text]) => Object.assign(element("option", text), { value })));
    find(key).value = now;
  }
  for (const key of STOPS) if (find(key) !== document.activeElement) find(key).value = state[key] || "";
  find("noise").max = Math.max(MOST_NOISE, state.noise);
  find("batchSize").max = Math.max(30, state.batchSize);
  for (const key of RANGES) find(key).value = find(`${key}-value`).textContent = state[key];
  for (const key of CHECKS) find(key).checked = state[key];
  const layers = state.networkShape.length;
  find("layer-count").textContent = `${layers} hidden ${layers === 1 ? "layer" : "layers"}`;
  fillDatasets();
  for (const each of document.querySelectorAll("[data-control]")) each.hidden = isHiddenControl(state, each.dataset.control);
  for (const each of document.querySelectorAll(".words")) each.hidden = state.hideText;
}

function fillDatasets() { // thumbnails, of the same points always
  const { problem, cg_classes: classes, own } = play.state, key = problem === "regression" ? "regDataset" : "dataset", box = find("datasets");
  const kind = `${problem} ${classes}`;
  if (box.dataset.problem !== kind) {
    box.dataset.problem = kind;
    box.replaceChildren(...Object.keys(DATASETS[problem]).map(name => {
      const button = element("button", ""), canvas = element("canvas", "");
      canvas.width = canvas.height = 64;
      button.type = "button";
      button.dataset.name = name;
      button.title = TITLES[name];
      button.setAttribute("role", "radio");
      button.setAttribute("aria-label", TITLES[name]);
      button.append(canvas);
      button.addEventListener("click", () => (play.state[key] === name && !play.state.own) || change(key, name, play.state.own ? { own: null, cg_classes: 2 } : {}));
      thumbnail(canvas, name, problem, classes);
      return button;
    }));
  }
  for (const each of box.children) {
    const isChosen = each.dataset.name === play.state[key] && !own;
    each.setAttribute("aria-checked", isChosen);
    each.tabIndex = isChosen || (own && each === box.firstChild) ? 0 : -1;
  }
}

function thumbnail(canvas, name, problem, classes) {
  const context = canvas.getContext("2d");
  for (const p of drawPoints(randomFrom(name), problem, name, 0, problem === "regression" ? 2 : classes).filter((_, i) => i % 3 === 0)) {
    const [u, v] = spot(p, canvas.width);
    context.fillStyle = labelColour(p.label, classes > 2 && problem !== "regression");
    context.fillRect(u - 1.5, v - 1.5, 3, 3);
  }
}
