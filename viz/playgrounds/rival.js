// A race: a second network from the same first weights, with another optimiser and rate, beside the first.
const DIFFERENT = [190, 60, 160], SHARE = 0.6; // the colour of what both classify differently, and how much of it
let rival = null;
const rivalColumns = { z: null, a: [] };

function challenge() { // the rival that this state asks for, if any; at the first weights
  const { state } = play, { cg_rival: cg_optimizer, cg_rivalRate: learningRate } = state;
  rival = cg_optimizer === "none" ? null : new Play({ ...state, cg_optimizer, learningRate });
  find("rival").hidden = find("rival-rate").hidden = !rival;
  if (!rival) return;
  const { parameters } = rival.net, from = parameters.byteOffset / 8;
  rival.first.set(play.first.subarray(from, from + parameters.length), from);
  rival.rewind();
}

function follow() { // to where the first network's clock is; it stops before a number that is not finite
  if (!rival || rival.clock.trouble) return;
  const { place } = play.clock;
  if (rival.clock.place > place) rival.clock.goTo(place);
  while (rival.clock.place + rival.clock.count <= place && !rival.clock.sample) if (!rival.clock.ahead("epoch")) return;
  while (rival.clock.place < place) if (!rival.clock.ahead("sample")) return;
}

function showRival() { // its losses, and its map, with what it classifies otherwise in a colour of its own
  if (!rival) return;
  const { cg_optimizer: name, learningRate: rate } = rival.state, [train, test] = rival.losses.map(brief);
  const trouble = rival.clock.trouble ? ", stopped before a number that is not finite" : "";
  find("rival-told").textContent = `${name === "sgd" ? "gradient descent" : name}, η ${rate}: test ${test}, training ${train}${trouble}`;
  paintRival(find("rival-map"));
}

function paintRival(canvas) {
  const { side } = maps, { count, all, columns } = maps.grid(side), context = canvas.getContext("2d");
  if (canvas.width !== side) canvas.width = canvas.height = side;
  rivalColumns.z = columns.z;
  const last = rival.net.first.at(-2), theirs = rival.net.columns(rival.inputs.map(name => all[name]), count, rivalColumns).slice(last, rival.net.nodes);
  const ours = maps.values.slice(last, play.net.nodes), image = context.createImageData(side, side), isClass = play.classes.length > 0;
  for (let p = 0; p < count; p++) {
    const k = predicted(theirs, p), differs = isClass && k !== predicted(ours, p);
    const colour = theirs.length > 1 ? CLASS_COLOURS[k] : palette[stepOf(play.state.discretize ? k : theirs[0][p])];
    for (let c = 0; c < 3; c++) image.data[4 * p + c] = differs ? colour[c] + (DIFFERENT[c] - colour[c]) * SHARE : colour[c];
    image.data[4 * p + 3] = 255;
  }
  context.putImageData(image, 0, 0);
}
