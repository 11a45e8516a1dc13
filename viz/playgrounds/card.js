// The card beside the pointer: a weight's or a bias' name and number as it stands; a click makes it a field.
let carded = null, isEditing = false;

const cardName = target => target.link === undefined ? biasName(target.node) : weightName(target.link);

function cardFor(element, targetOf) {
  element.addEventListener("pointerenter", event => { if (!isEditing) showCard(targetOf(), event.clientX, event.clientY); });
  element.addEventListener("pointerleave", () => { if (!isEditing) hideCard(); });
  element.addEventListener("click", event => {
    const box = element.getBoundingClientRect(), byKey = !event.clientX && !event.clientY;
    showCard(targetOf(), byKey ? box.right : event.clientX, byKey ? box.bottom : event.clientY);
    inspect(targetOf());
    editCard();
  });
}

function showCard(target, x, y) {
  const card = find("card");
  carded = target;
  isEditing = false;
  card.hidden = false;
  find("card-field").hidden = true;
  fillCard();
  const { offsetWidth: width, offsetHeight: height } = card;
  card.style.left = `${Math.max(4, Math.min(x + 14, document.documentElement.clientWidth - width - 8)) + scrollX}px`;
  card.style.top = `${(y + 14 + height > innerHeight ? y - height - 10 : y + 14) + scrollY}px`;
}

function fillCard() {
  if (!carded || find("card").hidden) return;
  const label = find("card").querySelector("label"), output = find("card").querySelector("output");
  typeset(label, cardName(carded));
  typeset(output, isEditing ? "=" : `${chain(["", numeral(valueOf(carded))]).trim()}${carded.link !== undefined && play.net.dead[carded.link] ? " (dead)" : ""}`);
}

function editCard() {
  const field = find("card-field");
  isEditing = true;
  field.hidden = false;
  field.value = valueOf(carded);
  fillCard();
  field.select();
  field.focus();
}

function hideCard() {
  find("card").hidden = true;
  isEditing = false;
  carded = null;
}

find("card-field").addEventListener("input", () => edit(carded, find("card-field")));
find("card-field").addEventListener("keydown", event => {
  if (event.key !== "Enter" && event.key !== "Escape") return;
  event.stopPropagation();
  event.preventDefault(); // else Enter presses what gets the focus
  const key = carded.link === undefined ? `b${carded.node}` : null;
  hideCard();
  (key ? document.querySelector(`[data-key="${key}"]`) : find("board")).focus();
});
find("card-field").addEventListener("blur", () => { if (isEditing) hideCard(); });
