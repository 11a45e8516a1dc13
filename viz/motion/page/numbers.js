// Numbers as autograd.language.numbers writes them, to so many `digits`, and sides of an equation.
const WHOLE = 1e15, GIVEN = 12, NOISE = 2 ** -50; // as autograd.language.numbers has them
const NONE = "no value";

const raised = text => text.replace(/\d/g, d => "⁰¹²³⁴⁵⁶⁷⁸⁹"[d]).replace(/[-−]/, "⁻");
const trimmed = text => text.includes(".") ? text.replace(/\.?0+$/, "") : text;

function numeral(x, given = false, most = digits, fewer) { // a number's text, and whether it is rounded
  if (x === undefined || Number.isNaN(x)) return { text: NONE };
  const sign = x < 0 ? "−" : "", size = Math.abs(x);
  if (size === Infinity) return { text: sign + "∞" };
  if (fewer <= most) return abridged(sign, size, fewer);
  if (size % 1 === 0 && size < WHOLE) return { text: sign + size };
  const whole = size < 1e6 ? String(Math.trunc(size)).length : 0;
  const short = Math.max(most, whole), long = given ? GIVEN : Math.min(2 * most, GIVEN);
  const exact = [short, long].find(n => Math.abs(Number(size.toPrecision(n)) - size) <= NOISE * size);
  const [mantissa, power] = size.toExponential((exact ?? short) - 1).split("e");
  const fits = power >= -4 && power < (exact ?? short);
  const text = fits ? trimmed(size.toFixed(Math.max(0, (exact ?? short) - 1 - power)))
    : `${trimmed(mantissa)}·10${raised(String(Number(power)))}`;
  return { text: sign + text, rounded: exact === undefined };
}

function abridged(sign, size, most) { // where there is little room: so many digits, though up to 999 all before the point; 0 for less than 1
  if (!most && size < 1) return { text: "0", rounded: size !== 0 };
  const whole = size < 1e3 ? String(Math.trunc(size)).length : 1, kept = Number(size.toPrecision(Math.max(most, whole)));
  const [mantissa, power] = kept.toExponential().split("e"), fixed = kept >= 1e4 || kept < 1e-6 ? "" : String(kept);
  const scientific = `${mantissa}·10${raised(String(Number(power)))}`;
  return { text: sign + (fixed && fixed.length < scientific.length ? fixed : scientific), rounded: kept !== size };
}

const bare = number => number.text === "0" && number.rounded ? "≈ 0" : number.text ?? number; // where it stands alone
const figure = x => numeral(x).text;

function chain(sides) { // joined by equals signs, each side once; by ≈ where one of the two is rounded
  const all = sides.map(side => typeof side === "string" ? { text: side } : side);
  return all.reduce((text, side, i) => !i ? side.text : side.text === all[i - 1].text ? text
    : `${text} ${side.rounded || all[i - 1].rounded ? "≈" : "="} ${side.text}`, "");
}
