"""Random numbers from a text, as `Math.seedrandom(text)` gives them in a browser: the cipher ARC4, 52 bits a number."""

from __future__ import annotations

import struct


class SeedRandom:
    """Numbers in [0, 1), the same ones for the same text.

    Args:
        seed: the text; its letters are the cipher's key.

    Example:
        >>> random = SeedRandom("hello.")
        >>> random(), random()
        (0.9282578795792454, 0.3752569768646784)

    Source: D. Bau, seedrandom 2.4.4, whose README has these two numbers.
    """

    def __init__(self, seed: str) -> None:
        key = _key(seed)
        self.box = list(range(256))
        self.i = self.j = 0
        j = 0
        for i, t in enumerate(range(256)):
            t = self.box[i]
            j = (j + key[i % len(key)] + t) & 255
            self.box[i], self.box[j] = self.box[j], t
        self.bytes(256)  # the first bytes tell something about the key, and are left out

    def bytes(self, count: int) -> int:
        """The next bytes of the cipher, as one whole number."""
        number, box, i, j = 0, self.box, self.i, self.j
        for _ in range(count):
            i = (i + 1) & 255
            t = box[i]
            j = (j + t) & 255
            box[i], box[j] = box[j], t
            number = number << 8 | box[(box[i] + t) & 255]
        self.i, self.j = i, j
        return number

    def __call__(self) -> float:
        """The next number: as many bytes as 52 bits need, which depends on how many of the first bits are 0."""
        n, d, last = self.bytes(6), 1 << 48, 0
        while n < 1 << 52:
            n, d, last = (n + last) << 8, d << 8, self.bytes(1)
        while n >= 1 << 53:
            n, d, last = n >> 1, d >> 1, last >> 1
        return (n + last) / d


def _key(seed: str) -> list[int]:
    """At most 256 bytes, into which all the text's letters (units of UTF-16) are mixed."""
    text = seed.encode("utf-16-le", "surrogatepass")
    key, smear = [0] * min(256, max(1, len(text) // 2)), 0
    for place, (letter,) in enumerate(struct.iter_unpack("<H", text)):
        smear ^= key[place & 255] * 19
        key[place & 255] = (smear + letter) & 255
    return key
