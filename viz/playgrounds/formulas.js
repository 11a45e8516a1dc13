// Inputs of your own: a formula of x and y, as `parse` reads it, becomes a function, a text and Python.
const TOKEN = /\s*(?:(\d+\.?\d*(?:e[-+]?\d+)?|\.\d+)|([a-z_][a-z_0-9]*)|(\*\*|[-+*\/^()]))/iy;
const LEVELS = [["+", "-"], ["*", "/"]];
const SIGNS = { "*": "·", "-": "−", "/": "/", "+": "+" };
const CALCULATE = { "+": (a, b) => a + b, "-": (a, b) => a - b, "*": (a, b) => a * b, "/": (a, b) => a / b, "^": (a, b) => Math.pow(a, b) };

function tokens(text) {
  const plain = text.toLowerCase().replaceAll("x₁", "x").replaceAll("x₂", "y").replaceAll("·", "*").replaceAll("−", "-").replaceAll("²", "^2"), found = [];
  for (TOKEN.lastIndex = 0; TOKEN.lastIndex < plain.trimEnd().length;) {
    const at = TOKEN.lastIndex, match = TOKEN.exec(plain);
    if (!match) throw new Error(`'${text}' has '${plain.slice(at).trim()[0]}', which means nothing here. Write a formula such as x*y or sin(x).`);
    found.push(match[3] === "**" ? "^" : match[1] ?? match[2] ?? match[3]);
  }
  return found;
}

function formulaOf(text) { // { of, text, python }
  const all = tokens(text);
  let at = 0;
  const wrong = why => new Error(`'${text}' ${why}. Write a formula such as x*y or sin(x).`);
  const take = sign => all[at] === sign && ++at;
  const two = (sign, a, b) => ({ of: (x, y) => CALCULATE[sign](a.of(x, y), b.of(x, y)), text: sign !== "^" ? `${a.text} ${SIGNS[sign]} ${b.text}` : a.text + (/^\d+$/.test(b.text) ? raised(b.text) : `^${b.text}`),
    python: `${a.python} ${sign === "^" ? "**" : sign} ${b.python}` });
  const level = i => {
    if (i === LEVELS.length) return signed();
    let made = level(i + 1);
    while (LEVELS[i].includes(all[at])) made = two(all[at++], made, level(i + 1));
    return made;
  };
  const signed = () => {
    if (!take("-")) return power();
    const a = signed();
    return { of: (x, y) => -a.of(x, y), text: `−${a.text}`, python: `-${a.python}` };
  };
  const power = () => {
    const base = atom();
    return take("^") ? two("^", base, signed()) : base;
  };
  const inner = () => {
    const a = level(0);
    if (!take(")")) throw wrong("lacks a closing bracket");
    return a;
  };
  const atom = () => {
    const token = all[at++];
    if (token === "(") {
      const a = inner();
      return { ...a, text: `(${a.text})`, python: `(${a.python})` };
    }
    if (token === "x" || token === "y") return { of: token === "x" ? x => x : (x, y) => y, text: LABELS[token], python: token };
    if (/^[.\d]/.test(token ?? "")) return { of: () => Number(token), text: token, python: token };
    const row = Object.hasOwn(CALLED, token ?? "") ? CALLED[token] : ACTIVATIONS[token];
    if (token === undefined) throw wrong("is not complete");
    if (!row || !Object.hasOwn({ ...CALLED, ...ACTIVATIONS }, token)) throw wrong(`has '${token}', which is no function or number here`);
    if (!take("(")) throw wrong(`needs a bracket behind '${token}'`);
    const a = inner();
    return { of: (x, y) => row.value(a.of(x, y)), text: `${token}(${a.text})`, python: row.numpy.replace(/\bz\b/g, () => `(${a.python})`) };
  };
  const made = level(0);
  if (at < all.length) throw wrong(`has '${all[at]}' where its end should be`);
  return made;
}

function register(text) { // so that it is an input like the others
  if (Object.hasOwn(INPUTS, text)) return;
  const { of, text: label, python } = formulaOf(text);
  INPUTS[text] = { of };
  LABELS[text] = label;
  INPUT_CODE[text] = python;
}

function formulasOf(text) { // those of a link that can be read
  return text.split(",").map(decoded).filter(each => {
    try {
      return formulaOf(each);
    } catch {
      return false;
    }
  });
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function addFormula() {
  const field = find("formula"), told = find("formula-told"), text = field.value.replaceAll(/[\s,&=#]/g, "");
  try {
    if (/[,&=#]/.test(field.value)) throw new Error("A formula has no comma, &, = or #. Write one input at a time.");
    const { of } = formulaOf(text), strange = [...play.train, ...play.test].find(p => !Number.isFinite(of(p.x, p.y)));
    if (strange) throw new Error(`${text} has no value at x₁ = ${numeral(strange.x).text}, x₂ = ${numeral(strange.y).text}. Keep it away from there, as in sqrt(abs(x)).`);
    if (play.inputs.includes(text)) throw new Error(`${text} is an input already.`);
    told.textContent = field.value = "";
    change("cg_inputs", [...play.state.cg_inputs, text]);
  } catch (error) {
    told.textContent = error.message;
  }
}

find("formula-add").addEventListener("click", addFormula);
find("formula").addEventListener("keydown", event => { if (event.key === "Enter") addFormula(); });
