// On paper: the last step, and both passes as a list.
function listing() {
  const told = ([phase, i]) => phase === "backward" && isHidden(cards[i]) ? `${cards[i].line.label} = ?` : sentence([phase, i]);
  find("listing").replaceChildren(...[`Given: ${givens().join(", ")}`, ...steps.map(told)].map(text => maths("li", text)));
}

let before = 0;
addEventListener("beforeprint", () => {
  before = at;
  at = steps.length;
  show();
  for (const each of stage.querySelectorAll(".current")) each.classList.remove("current", "back");
  listing();
});
addEventListener("afterprint", () => {
  at = before;
  show();
});
