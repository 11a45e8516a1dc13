// Formulas in the language of `parse`, as people type them: u = x/2; f = exp(-u**2) + 2y². They become a graph.
const TOKEN = /(\s+)|((?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)|([½¼¾⅓⅔⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞])|([⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)|([\p{L}_][\p{L}\p{Nd}_₀-₉]*'*)|(\*\*|==|[-+−–*·×⋅∙÷/^()[\]<>=,;|√∛])/iuy;
const CONSTANTS = { pi: Math.PI, "π": Math.PI, e: Math.E };
const SPELLED = { "−": "-", "–": "-", "·": "*", "×": "*", "⋅": "*", "∙": "*", "÷": "/", "^": "**" };
const OPERANDS_END = ["number", "name", "raised", "close"], DEEPEST = 100;
const PRODUCT = "Write a product with *, as in 3*x.", plain = text => text.normalize("NFKC").replace("−", "-");

function tokens(text) { // each with its kind, and whether it touches the one before
  const found = [];
  let touches = true;
  TOKEN.lastIndex = 0;
  const end = text.trimEnd().length;
  while (TOKEN.lastIndex < end) {
    const at = TOKEN.lastIndex, match = TOKEN.exec(text);
    if (!match) throw Error(`'${[...text.slice(at).trim()][0]}' has no meaning here. Write +, -, *, /, ** and functions.`);
    const [, gap, number, fraction, raised, name, sign] = match;
    if (gap?.includes("\n")) found.push({ kind: "sign", sign: ";", text: "\n" });
    else if (gap) touches = false;
    if (gap) continue;
    const kind = number || fraction ? "number" : raised ? "raised" : name ? "name" : /[([√∛|]/.test(sign) ? "open" : /[)\]]/.test(sign) ? "close" : "sign";
    const [over, under] = fraction ? fraction.normalize("NFKC").split("⁄") : [number, 1];
    const value = raised ? Number(plain(raised)) : over / under;
    found.push({ kind, touches, value, name: name?.replace(/[₀-₉]+/g, digits => `_${plain(digits)}`), sign: SPELLED[sign] ?? sign, text: match[0] });
    touches = true;
  }
  return found;
}

function spelledOut(list) { // with the signs of products and powers that mathematics leaves out, and closing bars as such
  const open = [], made = [];
  let bound = "", last = { kind: "sign" };
  for (const token of list) {
    if (token.text === "\n" && open.length) continue;
    const ended = OPERANDS_END.includes(last.kind);
    if (token.sign === "|" && ended && open.at(-1)?.sign === "|") Object.assign(token, { kind: "close", sign: "|)" });
    if (["number", "name", "open"].includes(token.kind) && ended && !(/[([]/.test(token.sign ?? "") && last.kind === "name")) {
      if (last.kind !== "number" || !token.touches) throw Error(`A sign is missing before '${token.text}'. ${PRODUCT}`);
      if (bound || last.rooted) throw Error(`This product before '${token.text}' can be read in two ways. Write its sign and parentheses, as in (1/2)*x or 1/(2*x).`);
      made.push({ sign: "*", text: "*" });
    }
    const isRaised = token.kind === "raised";
    if (isRaised && !ended) throw Error(`'${token.text}' has no meaning here.`);
    if (last.kind === "raised" && (isRaised || token.sign === "**") || isRaised && bound === "**") throw Error(`The power '${token.text}' can be read in two ways. Write parentheses, as in (x**2)**3.`);
    if (isRaised) {
      made.push({ sign: "**", text: "^" });
    }
    if (token.kind === "open" && !content.signs[token.sign] || token.sign === "|") {
      open.push({ sign: token.sign, bound });
      bound = "";
    }
    if (token.kind === "close") bound = open.pop()?.bound ?? "";
    if (token.kind === "sign" && ended) bound = /^(\/|\*\*)$/.test(token.sign) ? token.sign : "";
    token.rooted = /[√∛]/.test(last.sign ?? "");
    made.push(token);
    last = token;
  }
  return made;
}

function parsed(text, names) { // the graph of a formula of these variables, its result last
  const rest = spelledOut(tokens(text)), nodes = names.map(name => ({ name, of: [] }));
  const known = Object.fromEntries(names.map((name, i) => [name, { i }]));
  const next = sign => rest[0]?.sign === sign && rest.shift();
  const must = sign => { if (!next(sign)) throw Error(`'${sign[0]}' is missing ${rest.length ? "before '" + rest[0].text + "'" : "at the end"}.`); };
  let depth = 0;

  function applied(row, of) { // numbers alone are a number
    if (of.every(x => typeof x === "number")) return rows[row].value[of.length](...of);
    nodes.push({ op: row, of });
    return { i: nodes.length - 1 };
  }

  function deeper(part) {
    if (++depth > DEEPEST) throw Error(`This nests deeper than ${DEEPEST} levels. Name a part of it.`);
    const made = part();
    depth -= 1;
    return made;
  }

  function comparison(equals = "==") {
    const left = deeper(sum);
    if (next(">")) return applied("gt", [left, sum()]);
    if (next("<")) return applied("gt", [sum(), left]);
    return next("==") || next(equals) ? applied("eq", [left, sum()]) : left;
  }

  function chained(signs, part) {
    let left = part(), sign;
    while ((sign = Object.keys(signs).find(next))) left = applied(signs[sign], [left, part()]);
    return left;
  }

  const sum = () => chained({ "+": "add", "-": "sub" }, product);
  const product = () => chained({ "*": "mul", "/": "div" }, signed);

  function signed() {
    if (next("-")) return applied("neg", [deeper(signed)]);
    return next("+") ? deeper(signed) : power();
  }

  function power() {
    const isE = rest[0]?.name === "e" && !known.e, root = /[√∛]/.test(rest[0]?.sign ?? ""), base = atom();
    if (!next("**")) return base;
    if (root) throw Error("A power of a root can be read in two ways. Write parentheses, as in (√x)**2 or √(x**2).");
    const exponent = deeper(signed);
    return isE ? applied("exp", [exponent]) : applied("pow", [base, exponent]);
  }

  function atom() {
    const token = rest.shift();
    if (!token) throw Error("The formula ends too early.");
    if (token.value !== undefined && !Number.isNaN(token.value)) return token.value;
    const { sign, name, text } = token, closing = { "(": ")", "[": "]", "|": "|)" }[sign];
    if (closing) {
      const inside = comparison(sign === "[" ? "=" : "==");
      must(closing);
      return sign === "|" ? applied(content.signs["|"], [inside]) : inside;
    }
    if (content.signs[sign]) return applied(content.signs[sign], [deeper(atom)]);
    if (!name) throw Error(`'${text}' has no meaning here.`);
    if (next("(")) return call(Object.hasOwn(content.functions, text) ? text : name);
    const value = Object.hasOwn(known, name) ? known[name] : CONSTANTS[name];
    if (value === undefined && Object.hasOwn(content.functions, name)) throw Error(`'${name}' is a function. Write ${name}(x), with parentheses.`);
    if (value === undefined) throw Error(`'${name}' has no value. Known so far: ${Object.keys(known).join(", ")}.`);
    return value;
  }

  function call(name) {
    if (!Object.hasOwn(content.functions, name)) throw Error(`'${name}' is not a function. ${PRODUCT}`);
    const { row, defaults } = content.functions[name], count = rows[row].operands.length, of = [comparison()];
    while (next(",")) of.push(comparison());
    must(")");
    if (of.length < count) of.push(...defaults.slice(defaults.length - (count - of.length)));
    if (of.length !== count) throw Error(`${name} takes ${count} operands: ${rows[row].operands.join(", ")}.`);
    return applied(row, of);
  }

  function named() { // the name before an equals sign, of f(x, y) = … too
    const end = rest[1]?.sign === "(" ? rest.findIndex(token => token.sign === ")") + 1 : 1;
    if (!rest[0]?.name || rest[end]?.sign !== "=" || !rest.slice(2, end - 1).every(({ name, sign }) => name || sign === ",")) return "f";
    return rest.splice(0, end + 1)[0].name;
  }

  function statement() {
    const name = named();
    if (Object.hasOwn(known, name)) throw Error(`'${name}' is defined twice. Each name stands for one value.`);
    const value = comparison();
    if (typeof value !== "number" && !nodes[value.i].name) nodes[value.i].name = name;
    return known[name] = value;
  }

  let result;
  while (rest.length) {
    if (next(";")) continue;
    result = statement();
    if (rest.length && !next(";") && !next(",")) throw Error(`'${rest[0].text}' has no meaning here. ${PRODUCT}`);
  }
  if (result === undefined) throw Error("There is nothing to calculate. Write a formula, as x² + y².");
  if (typeof result === "number" || result.i < 2) result = { i: nodes.push({ op: "add", of: [result, 0], name: "f" }) - 1 };
  return compiled(nodes.slice(0, result.i + 1));
}
