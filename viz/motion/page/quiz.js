// The quiz: gradients are hidden until the reader has calculated them, with a hint for each step of the way.
const CLOSE = 0.01; // of the gradient: as near must a guess be
const solved = new Map(); // nodes, and how much help each took
let quiz = false, help = 0, given = 0; // wrong answers and hints, and hints alone, of this question

const asks = card => !card.rows && card.done > forwards; // after the output's, which is 1
const isHidden = card => quiz && asks(card) && !solved.has(card.line.node);

function score() {
  if (!quiz) return "";
  const asked = cards.filter(asks), helps = asked.map(card => solved.get(card.line.node)).filter(help => help !== undefined);
  return ` · ${helps.length} of ${asked.length} found, ${helps.filter(help => !help).length} without help`;
}

function begin(on) {
  quiz = on;
  solved.clear();
}

function ask() { // the question of this step, anew
  tell("verdict", find("answer").value = "");
  help = given = 0;
}

const parsed = text => { // 3, −0.5, 1/3, and 0,5 as some write it
  const [top, bottom = "1", ...more] = text.trim().replaceAll("−", "-").replaceAll(",", ".").split("/");
  return more.length || !top.trim() || !bottom.trim() ? NaN : Number(top) / Number(bottom);
};

function rule(line) {
  const uses = usesOf(line), [z] = uses.map(link => link.head);
  if (uses.length > 1) {
    const names = uses.map(link => link.head.name).join(", ");
    return `Add what its ${uses.length} uses hand back (${names}): each its own gradient times its slope by ${line.name}.`;
  }
  if (z === lines.at(-1)) return `It is the slope of ${z.title} by ${line.name}.`;
  return `The chain rule: ${z.label}, which has arrived at ${z.name}, times the slope of ${z.title} by ${line.name}.`;
}

function hints(line) { // the rule, the formula, the numbers, as far as they are not the answer
  const sides = line.backward.map(side => write(side).text).filter(text => text !== figure(gradient(line)));
  return [rule(line), ...new Set([sides[0], sides.at(-1)])].filter(Boolean);
}

find("guess").addEventListener("submit", event => {
  event.preventDefault();
  const { line } = cards[current()[1]], answer = find("answer"), guess = parsed(answer.value), right = gradient(line);
  if (Number.isNaN(guess)) return void tell("verdict", "Write a number, as 3, −0.5 or 1/3.");
  if (figure(guess) === figure(right) || Math.abs(guess - right) <= CLOSE * Math.abs(right)) return solve(line.card, "Right.");
  help += 1;
  const why = causes(line, guess).slice(0, MOST_CAUSES).join(", or ");
  tell("verdict", `Not ${answer.value.trim()}${why && ": perhaps "}${why}.`);
  answer.select();
});

find("hint").addEventListener("click", () => {
  const { line } = cards[current()[1]], texts = hints(line);
  help += 1;
  given += 1;
  if (given > texts.length) return solve(line.card, "");
  tell("verdict", `Hint ${given} of ${texts.length + 1}: ${texts[given - 1]}`);
});

function solve(card, verdict) {
  solved.set(card.line.node, help);
  show();
  const all = !cards.some(isHidden) ? `All found:${score().slice(2)}.` : "";
  tell("verdict", [verdict, all].filter(Boolean).join(" "));
  tell("sentence", [verdict, find("sentence").textContent].filter(Boolean).join(" "));
  find("next").focus();
}
