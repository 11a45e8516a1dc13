// Formulas in the language of `parse`, as Python writes them: u = x/2; f = exp(-u**2) + y^2. They become a graph.
const TOKEN = /\s*(?:(\d+\.?\d*(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?)|([\p{L}_][\p{L}\p{N}_]*)|(\*\*|==|[-+−*·×/^()<>=,;\n]))/iuy;
const CONSTANTS = { pi: Math.PI, "π": Math.PI, e: Math.E };
const SPELLED = { "−": "-", "·": "*", "×": "*", "^": "**", "\n": ";" };
const DEEPEST = 100;

function tokens(text) {
  const found = [];
  TOKEN.lastIndex = 0;
  const end = text.trimEnd().length;
  while (TOKEN.lastIndex < end) {
    const at = TOKEN.lastIndex, match = TOKEN.exec(text);
    if (!match) throw Error(`'${text.slice(at).trim()[0]}' has no meaning here. Write +, -, *, /, ** and functions.`);
    const [, number, name, sign] = match;
    found.push(number ? { number: Number(number) } : name ? { name } : { sign: SPELLED[sign] ?? sign });
  }
  return found;
}

function parsed(text, names) { // the graph of a formula of these variables, its result last
  const rest = tokens(text.replace(/[ \t]*\n/g, "\n")), nodes = names.map(name => ({ name, of: [] }));
  const known = Object.fromEntries(names.map((name, i) => [name, { i }]));
  const next = sign => rest[0]?.sign === sign && rest.shift();
  const must = sign => { if (!next(sign)) throw Error(`'${sign}' is missing${rest.length ? ` before '${said(rest[0])}'` : " at the end"}.`); };
  const said = token => token.sign ?? token.name ?? String(token.number);
  let depth = 0;

  function applied(row, of) { // numbers alone are a number
    if (of.every(x => typeof x === "number")) return rows[row].value[of.length](...of);
    nodes.push({ op: row, of });
    return { i: nodes.length - 1 };
  }

  function comparison() {
    if (++depth > DEEPEST) throw Error(`This nests deeper than ${DEEPEST} levels. Name a part of it.`);
    const left = sum();
    depth -= 1;
    if (next(">")) return applied("gt", [left, sum()]);
    if (next("<")) return applied("gt", [sum(), left]);
    return next("==") ? applied("eq", [left, sum()]) : left;
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

  function deeper(part) {
    if (++depth > DEEPEST) throw Error(`This nests deeper than ${DEEPEST} levels. Name a part of it.`);
    const made = part();
    depth -= 1;
    return made;
  }

  function power() {
    const isE = rest[0]?.name === "e" && !known.e, base = atom();
    if (!next("**")) return base;
    const exponent = deeper(signed);
    return isE ? applied("exp", [exponent]) : applied("pow", [base, exponent]);
  }

  function atom() {
    const token = rest.shift();
    if (!token) throw Error("The formula ends too early.");
    if (token.number !== undefined) return token.number;
    if (token.sign === "(") {
      const inside = comparison();
      must(")");
      return inside;
    }
    if (!token.name) throw Error(`'${token.sign}' has no meaning here.`);
    if (next("(")) return call(token.name);
    const value = Object.hasOwn(known, token.name) ? known[token.name] : CONSTANTS[token.name];
    if (value === undefined) throw Error(`'${token.name}' has no value. Known so far: ${Object.keys(known).join(", ")}.`);
    return value;
  }

  function call(name) {
    if (!Object.hasOwn(content.functions, name)) throw Error(`'${name}' is not a function. Write a product with *, as in 2*x.`);
    const { row, defaults } = content.functions[name], count = rows[row].operands.length, of = [comparison()];
    while (next(",")) of.push(comparison());
    must(")");
    if (of.length < count) of.push(...defaults.slice(defaults.length - (count - of.length)));
    if (of.length !== count) throw Error(`${name} takes ${count} operands: ${rows[row].operands.join(", ")}.`);
    return applied(row, of);
  }

  function statement() {
    const named = rest[0]?.name && rest[1]?.sign === "=" ? rest.shift().name : "f";
    next("=");
    if (Object.hasOwn(known, named)) throw Error(`'${named}' is defined twice. Each name stands for one value.`);
    const value = comparison();
    if (typeof value !== "number" && !nodes[value.i].name) nodes[value.i].name = named;
    return known[named] = value;
  }

  let result;
  while (rest.length) {
    if (next(";")) continue;
    result = statement();
    if (rest.length && !next(";") && !next(",")) throw Error(`'${said(rest[0])}' has no meaning here. Write a product with *, as in 2*x.`);
  }
  if (result === undefined) throw Error("There is nothing to calculate. Write a formula, as x**2 + y**2.");
  if (typeof result === "number" || result.i < 2) result = { i: nodes.push({ op: "add", of: [result, 0], name: "f" }) - 1 };
  return compiled(nodes.slice(0, result.i + 1));
}
