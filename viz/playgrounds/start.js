// The page begins: with the link in its address, else with the one that it was made with.
const hashed = () => location.hash.length > 1 ? location.hash : content.link;

function withModel(state) { // the layers of the model that the page was made with
  const { sizes, activations, ending } = content.model, inputs = Object.fromEntries(ALL_INPUTS.map((name, i) => [name, i < sizes[0]]));
  return { ...state, ...inputs, cg_inputs: [], networkShape: sizes.slice(1, -1), cg_activations: activations, model: content.model,
    problem: sizes.at(-1) === 1 && ending === "linear" ? "regression" : "classification", cg_classes: Math.max(2, sizes.at(-1)) };
}

const begun = readLink(hashed());
begin(content.model ? withModel(begun) : begun);
if (content.table) {
  fillColumns(content.table);
  find("own-text").value = content.table;
  if (!useTable()) showOwn(true);
}
address();
addEventListener("hashchange", () => begin({ ...readLink(hashed()), own: play.state.own }));
addEventListener("resize", () => { drawPicture(); wake(); });
dark.addEventListener("change", () => { mix(); find("datasets").dataset.problem = ""; show(); });
