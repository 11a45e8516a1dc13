// Keys: what each does, the list that "?" shows, and the way on to the slides around the page.
const KEYS = {
  next: ["ArrowRight", "PageDown", "n"], previous: ["ArrowLeft", "PageUp", "b"], first: ["Home"], last: ["End"],
  play: [" ", "p"], quiz: ["q"], screen: ["f"], larger: ["+", "="], smaller: ["-", "−"], whole: ["0"], close: ["Escape"], keys: ["?"],
};
const SHOWN = { " ": "space", ArrowRight: "→", ArrowLeft: "←" };
const LISTED = { screen: "full screen", larger: "larger picture", smaller: "smaller picture", whole: "whole picture",
  close: views.length > 1 ? "close what is open; fold" : "close what is open", keys: "this list" };

function list() {
  const rows = Object.entries(KEYS).map(([id, keys]) => element("tr", "", element("th", keys.map(key => SHOWN[key] ?? key).join("  ")),
    element("td", LISTED[id] ?? id)));
  const ledger = ["Enter on a card", "its ledger, and what if"], unfolds = ["Enter on a card with +", "unfolds it"];
  const more = views.length > 1 ? [unfolds, ["Enter on another, l on each", ledger[1]]] : [ledger];
  rows.push(...more.map(([keys, what]) => element("tr", "", element("th", keys), element("td", what))));
  find("list").replaceChildren(...rows);
  find("help").hidden = !find("help").hidden;
}

// Source: revealjs.com/postmessage: a presentation does what a message {method: "next"} from its frame says.
function goOn(id) { // from the last step to the next slide, and back from the first
  const end = { next: steps.length, previous: 0 }[id];
  if (at !== end || parent === window) return;
  parent.postMessage(JSON.stringify({ method: id === "next" ? "next" : "prev" }), "*");
  parent.focus();
}

document.addEventListener("keydown", event => {
  const { key, target } = event, id = Object.keys(KEYS).find(id => KEYS[id].includes(key));
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  const card = drawn().find(each => each.group === target), isButton = ["BUTTON", "SUMMARY"].includes(target.tagName);
  if (card && (key === "Enter" || key === " ")) press(card, event);
  else if (card && key === "l") ledger(card, true);
  else if (!id || (target.tagName === "INPUT" && id !== "close") || (isButton && key === " ")) return;
  else {
    goOn(id);
    ACTIONS[id]();
  }
  event.preventDefault();
});
