// Random numbers from a text, as seedrandom 2.4 draws them: ARC4, its first 256 outputs dropped, 52 bits a number.
// Source: D. Bau, seedrandom; B. Schneier (1996), Applied Cryptography, section 17.1.
const BYTES = 256, DIGITS = 2 ** 52;

function keyOf(text) { // each character is mixed into one of the key's bytes
  const key = [];
  let smear = 0;
  for (let k = 0; k < text.length; k++) {
    smear ^= (key[k & 255] ?? 0) * 19;
    key[k & 255] = (smear + text.charCodeAt(k)) & 255;
  }
  return key.length ? key : [0];
}

function randomFrom(text) { // a function that gives the next number of [0, 1)
  const key = keyOf(text), box = Array.from({ length: BYTES }, (_, i) => i);
  let i = 0, j = 0;
  const swap = () => [box[i], box[j]] = [box[j], box[i]];
  for (; i < BYTES; i++) {
    j = (j + key[i % key.length] + box[i]) & 255;
    swap();
  }
  i = j = 0;
  const byte = () => {
    i = (i + 1) & 255;
    j = (j + box[i]) & 255;
    swap();
    return box[(box[i] + box[j]) & 255];
  };
  for (let k = 0; k < BYTES; k++) byte();
  return () => {
    let whole = 0, parts = 1, last = 0;
    for (; parts < 2 ** 48; parts *= BYTES) whole = whole * BYTES + byte();
    while (whole < DIGITS) {
      whole = (whole + last) * BYTES;
      parts *= BYTES;
      last = byte();
    }
    while (whole >= 2 * DIGITS) {
      whole /= 2;
      parts /= 2;
      last >>>= 1;
    }
    return (whole + last) / parts;
  };
}
