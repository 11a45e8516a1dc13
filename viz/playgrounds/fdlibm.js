// sin, cos and log, equal in every bit in all browsers, whose Math differ in the last place: data are drawn with them.
// Source: Sun Microsystems (1993), fdlibm: s_sin.c, s_cos.c, e_rem_pio2.c, k_sin.c, k_cos.c, e_log.c; as V8 had them for years.
const double = new Float64Array(1), halves = new Int32Array(double.buffer);
const upper = x => { // the upper half of a double: sign, exponent, 20 bits
  double[0] = x;
  return halves[1];
};
const fromUpper = half => {
  halves[1] = half;
  halves[0] = 0;
  return double[0];
};
const horner = (x, ...coefficients) => coefficients.reduceRight((sum, c) => c + x * sum); // from the lowest power on

const HALF_PI = [1.57079632673412561417, 6.07710050630396597660e-11, 2.02226624871116645580e-21]; // in parts of 33 bits
const HALF_PI_REST = [6.07710050650619224932e-11, 2.02226624879595063154e-21, 8.47842766036889956997e-32]; // behind each part

function withoutHalfPi(x) { // n, and x − n π/2 in two parts; for |x| up to 2¹⁹ π
  const half = upper(Math.abs(x)), sign = x < 0 ? -1 : 1;
  if (half <= 0x3FE921FB) return [0, x, 0];
  const n = half < 0x4002D97C ? 1 : Math.trunc(Math.abs(x) * 6.36619772367581382433e-01 + 0.5);
  let r = Math.abs(x) - n * HALF_PI[0], w = n * HALF_PI_REST[0], y = r - w;
  const isNear = n < 32 ? half === upper(n * Math.PI / 2) : true;
  for (let part = 1; isNear && part < 3; part++) { // where much cancels
    const cancelled = (half >> 20) - (upper(y) >> 20 & 0x7FF);
    if (n > 1 || half !== 0x3FF921FB ? cancelled <= [0, 16, 49][part] : part > 1) break;
    const t = r;
    w = n * HALF_PI[part];
    r = t - w;
    w = n * HALF_PI_REST[part] - ((t - r) - w);
    y = r - w;
  }
  return [sign * n, sign * y, sign * ((r - y) - w)];
}

function kernelSin(x, rest) {
  if (Math.abs(x) < 2 ** -27) return x;
  const z = x * x, v = z * x, third = -1.66666666666666324348e-01;
  const r = horner(z, 8.33333333332248946124e-03, -1.98412698298579493134e-04, 2.75573137070700676789e-06,
    -2.50507602534068634195e-08, 1.58969099521155010221e-10);
  return rest === 0 ? x + v * (third + z * r) : x - ((z * (0.5 * rest - v * r) - rest) - v * third);
}

function kernelCos(x, rest) {
  if (Math.abs(x) < 2 ** -27) return 1;
  const z = x * x, half = upper(Math.abs(x));
  const r = z * horner(z, 4.16666666666666019037e-02, -1.38888888888741095749e-03, 2.48015872894767294178e-05,
    -2.75573143513906633035e-07, 2.08757232129817482790e-09, -1.13596475577881948265e-11);
  if (half < 0x3FD33333) return 1 - (0.5 * z - (z * r - x * rest)); // below 0.3
  const q = half > 0x3FE90000 ? 0.28125 : fromUpper(half - 0x200000);
  return (1 - q) - ((0.5 * z - q) - (z * r - x * rest));
}

function turned(x, quarter) { // the sine of x + quarter π/2
  const [n, y, rest] = withoutHalfPi(x), turn = (n + quarter) & 3, size = turn & 1 ? kernelCos(y, rest) : kernelSin(y, rest);
  return turn & 2 ? -size : size;
}

const LN2 = [6.93147180369123816490e-01, 1.90821492927058770002e-10];

function logarithm(x) { // of x > 0 that is not subnormal
  const half = upper(x), bits = half & 0xFFFFF, up = bits + 0x95F64 & 0x100000; // whether x / 2ᵏ is above about √2
  double[0] = x;
  halves[1] = bits | (up ^ 0x3FF00000);
  const f = double[0] - 1, k = (half >> 20) - 1023 + (up >> 20), whole = k * LN2[0], rest = k * LN2[1];
  if ((bits + 2 & 0xFFFFF) < 3) {
    const r = f * f * (0.5 - 0.33333333333333333 * f);
    return k ? whole - ((r - rest) - f) : f - r;
  }
  const s = f / (2 + f), z = s * s, w = z * z;
  const even = w * horner(w, 3.999999999940941908e-01, 2.222219843214978396e-01, 1.531383769920937332e-01);
  const odd = z * horner(w, 6.666666666666735130e-01, 2.857142874366239149e-01, 1.818357216161805012e-01, 1.479819860511658591e-01);
  const r = odd + even;
  if ((bits - 0x6147A | 0x6B851 - bits) > 0) {
    const square = 0.5 * f * f;
    return k ? whole - ((square - (s * (square + r) + rest)) - f) : f - (square - s * (square + r));
  }
  return k ? whole - ((s * (f - r) - rest) - f) : f - s * (f - r);
}

const FUNCTIONS = {
  fdlibm: { sin: x => turned(x, 0), cos: x => turned(x, 1), log: logarithm },
  system: Math, // the browser's own
};
let calculate = FUNCTIONS.fdlibm; // with which data are drawn
