// Files of numbers: arrays as NumPy's .npy, and a ZIP archive of them that nn.load reads, nothing compressed.
const encoder = new TextEncoder();
const CRC = Uint32Array.from({ length: 256 }, (_, n) => { // P. Deutsch (1996), RFC 1952, section 8
  for (let k = 0; k < 8; k++) n = n & 1 ? 0xEDB88320 ^ n >>> 1 : n >>> 1;
  return n;
});

function checksum(bytes) {
  let crc = 0xFFFFFFFF;
  for (const byte of bytes) crc = CRC[(crc ^ byte) & 255] ^ crc >>> 8;
  return (crc ^ 0xFFFFFFFF) >>> 0;
}

function joinedBytes(parts) {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function npy(shape, numbers) { // version 1.0: its header ends at a multiple of 64 bytes
  const text = `{'descr': '<f8', 'fortran_order': False, 'shape': (${shape.join(", ")}${shape.length === 1 ? "," : ""}), }`;
  const length = Math.ceil((text.length + 11) / 64) * 64 - 10, head = encoder.encode(text.padEnd(length - 1) + "\n");
  const start = Uint8Array.of(0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0, length & 255, length >> 8), data = new DataView(new ArrayBuffer(8 * numbers.length));
  numbers.forEach((x, i) => data.setFloat64(8 * i, x, true));
  return joinedBytes([start, head, new Uint8Array(data.buffer)]);
}

function record(mark, fields) { // numbers of two and four bytes: [size, number]
  const view = new DataView(new ArrayBuffer(4 + fields.reduce((sum, [size]) => sum + size, 0)));
  view.setUint32(0, mark, true);
  let at = 4;
  for (const [size, number] of fields) {
    if (size === 2) view.setUint16(at, number, true);
    else view.setUint32(at, number, true);
    at += size;
  }
  return new Uint8Array(view.buffer);
}

function zip(files) { // names and bytes
  const local = [], central = [];
  let at = 0;
  for (const [name, bytes] of files) {
    const title = encoder.encode(name), JANUARY = 33; // the first day that an archive can tell
    const own = [[2, 20], [2, 0], [2, 0], [2, 0], [2, JANUARY], [4, checksum(bytes)], [4, bytes.length], [4, bytes.length], [2, title.length], [2, 0]];
    const piece = joinedBytes([record(0x04034B50, own), title, bytes]);
    central.push(joinedBytes([record(0x02014B50, [[2, 20], ...own, [2, 0], [2, 0], [2, 0], [4, 0], [4, at]]), title]));
    local.push(piece);
    at += piece.length;
  }
  const list = joinedBytes(central), count = files.length;
  return joinedBytes([...local, list, record(0x06054B50, [[2, 0], [2, 0], [2, count], [2, count], [4, list.length], [4, at], [2, 0]])]);
}
