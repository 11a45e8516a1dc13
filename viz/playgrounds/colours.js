// Colours of numbers from −1 to 1: orange, grey, blue; of the light and of the dark scheme.
const LIGHT = [[245, 147, 34], [232, 234, 235], [8, 119, 189]], DARK = [[240, 136, 62], [38, 49, 60], [86, 180, 233]];
const dark = matchMedia("(prefers-color-scheme: dark)");
const STEPS = 256;
let palette, packed; // colours in steps, as [r, g, b] and as a canvas holds them

function mix() {
  const [low, middle, high] = dark.matches ? DARK : LIGHT;
  palette = Array.from({ length: STEPS }, (_, i) => {
    const t = i / (STEPS - 1) * 2 - 1, end = t < 0 ? low : high;
    return middle.map((c, k) => Math.round(c + (end[k] - c) * Math.abs(t)));
  });
  packed = Uint32Array.from(palette, ([r, g, b]) => (255 << 24 | b << 16 | g << 8 | r) >>> 0);
}

mix();
const stepOf = x => x >= 1 ? STEPS - 1 : x > -1 ? ((x + 1) / 2 * (STEPS - 1) + 0.5) | 0 : 0; // of nan the first
const CLASS_COLOURS = [[8, 119, 189], [245, 147, 34], [0, 158, 115], [178, 102, 160], [140, 140, 40]]; // M. Okabe, K. Ito (2008)
const labelColour = (label, many) => many ? `rgb(${CLASS_COLOURS[label]?.join()})` : colourOf(label);
const colourOf = x => `rgb(${palette[stepOf(x)].join()})`;
