// Names as mathematics in sentences, ledgers and labels: letters in italics, a layer above its index. The text stays.
const NAME = /(?<![\p{L}\d_])(\p{L}[\u0300-\u036f]?)(\[[^\]\s]+\])?((?:[₀-ₜᵢ-ᵥⱼ]|,(?=[₀-₉]))*)(?![\p{L}(_\d])/gu;

const WIDE = 0.56, SMALL = 0.65; // of its size: a character's width; of a name's: the size of what stands above

function element(tag, text, ...children) {
  const made = document.createElement(tag);
  made.textContent = text;
  made.append(...children);
  return made;
}

function part(look, ...children) {
  const made = element("span", "", ...children);
  made.className = look;
  return made;
}

function called([whole, letter, above, below]) { // a name
  if (literal.includes(whole)) return [whole]; // somebody wrote it so: it is no layer's
  const index = below.split(/(,)/).map(piece => piece === "," ? element("sub", piece) : piece);
  const indices = above && below ? [stacked(above, index)] : above ? [part("above", above)] : index;
  return [element("i", letter), ...indices];
}

function stacked(above, index) { // by margins, as blocks would be lines of their own when it is copied
  const upper = part("above", above), lower = part("below", ...index), wide = WIDE * above.length;
  Object.assign(upper.style, { width: `${wide}em`, marginRight: `${-wide}em` });
  lower.style.minWidth = `${SMALL * wide}em`;
  return part("indices", upper, lower);
}

function typeset(element, text) { // what is read aloud, copied and found is the same text
  if (element.textContent === text) return element;
  const pieces = [];
  let end = 0;
  for (const match of text.matchAll(NAME)) {
    pieces.push(text.slice(end, match.index), part("name", ...called(match)));
    end = match.index + match[0].length;
  }
  element.replaceChildren(...pieces, text.slice(end));
  return element;
}

const maths = (tag, text) => typeset(document.createElement(tag), text);
