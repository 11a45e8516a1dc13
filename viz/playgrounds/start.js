// The page begins: with the link in its address, else with the one that it was made with.
const hashed = () => location.hash.length > 1 ? location.hash : content.link;

begin(readLink(hashed()));
address();
addEventListener("hashchange", () => begin(readLink(hashed())));
addEventListener("resize", () => { drawPicture(); wake(); });
dark.addEventListener("change", () => { mix(); find("datasets").dataset.problem = ""; show(); });
