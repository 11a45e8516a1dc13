// The page begins: with the link in its address, else with the one that it was made with.
const hashed = () => location.hash.length > 1 ? location.hash : content.link;

function withModel(state) { // the layers of the model that the page was made with
  const { sizes, activations, ending } = content.model, inputs = Object.fromEntries(ALL_INPUTS.map((name, i) => [name, i < sizes[0]]));
  return { ...state, ...inputs, cg_inputs: [], networkShape: sizes.slice(1, -1), cg_activations: activations, model: content.model,
    problem: sizes.at(-1) === 1 && ending === "linear" ? "regression" : "classification", cg_classes: Math.max(2, sizes.at(-1)) };
}

function beginWith(state) {
  begin(state);
  if (state.isLost) find("trouble").textContent = "The link’s own data cannot be read: a row needs x,y,label, each a number, and rows a ; between them. Its data set is shown in their place.";
}

const begun = readLink(hashed());
beginWith(content.model ? withModel(begun) : begun);
if (content.table) {
  fillColumns(content.table);
  find("own-text").value = content.table;
  if (!useTable()) showOwn(true);
}
address();
addEventListener("hashchange", () => {
  const state = readLink(hashed()), { own } = play.state;
  beginWith({ ...state, own: state.own ?? (isTooLong(own) ? own : null) }); // which a link has no room for
});
addEventListener("resize", () => { drawPicture(); wake(); });
dark.addEventListener("change", () => { mix(); find("datasets").dataset.problem = ""; show(); });
