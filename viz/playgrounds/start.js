// The page begins: with the link in its address, else with the one that it was made with.
const hashed = () => location.hash.length > 1 ? location.hash : content.link;

begin({ ...readLink(hashed()), own: content.own });
address();
addEventListener("hashchange", () => begin({ ...readLink(hashed()), own: play.state.own }));
addEventListener("resize", () => { drawPicture(); wake(); });
dark.addEventListener("change", () => { mix(); find("datasets").dataset.problem = ""; show(); });
