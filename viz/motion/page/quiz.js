// The quiz: gradients are hidden until the reader has calculated them.
const CLOSE = 0.01; // of the gradient: as near must a guess be
const solved = new Set();
let quiz = false;

const asks = card => !card.rows && card.done > forwards; // after the output's, which is 1
const isHidden = card => quiz && asks(card) && !solved.has(card);
const score = () => quiz ? ` · ${solved.size} of ${cards.filter(asks).length} answered` : "";

function begin(on) {
  quiz = on;
  solved.clear();
}

function ask() { // the question of this step, anew
  find("verdict").textContent = find("answer").value = "";
  find("answer").tries = 0;
}

const parsed = text => { // 3, −0.5, 1/3, and 0,5 as some write it
  const [top, bottom = "1", ...more] = text.trim().replaceAll("−", "-").replaceAll(",", ".").split("/");
  return more.length || !top.trim() || !bottom.trim() ? NaN : Number(top) / Number(bottom);
};

find("guess").addEventListener("submit", event => {
  event.preventDefault();
  const card = cards[current()[1]], answer = find("answer"), guess = parsed(answer.value), right = gradient(card.line);
  if (Number.isNaN(guess)) return void (find("verdict").textContent = "Write a number, as 3, −0.5 or 1/3.");
  const matches = figure(guess) === figure(right) || Math.abs(guess - right) <= CLOSE * Math.abs(right);
  if (matches) { solve(card, "Right."); return; }
  answer.tries = (answer.tries ?? 0) + 1;
  const sides = card.line.backward.map(write), [words, numbers] = [sides[0], sides.at(-1)];
  find("verdict").textContent = `Not ${answer.value.trim()}. It is ${(answer.tries > 1 ? numbers ?? words : words).text}.`;
  answer.select();
});
find("reveal").addEventListener("click", () => solve(cards[current()[1]], ""));

function solve(card, verdict) {
  solved.add(card);
  show();
  find("verdict").textContent = verdict;
  find("sentence").textContent = [verdict, find("sentence").textContent].filter(Boolean).join(" ");
  find("next").focus();
}
