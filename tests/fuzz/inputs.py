# SPDX-License-Identifier: GPL-2.0-only
"""The corpus as text: corpus/TARGET.txt, an input in each line.

Printable ASCII stands for itself. A backslash begins another byte: \\\\, \\n, \\r, \\t, \\xHH; {N}
after it: N such bytes. A line that begins with # is a comment about the next input: such an input
is kept for its own sake, and not only for the code that it reaches.
"""

import re

from lib.places import TESTS

CORPUS = TESTS / "fuzz" / "corpus"
# Bytes of text: of one target, and of all.
LIMIT, TOTAL = 20 * 1024, 400 * 1000

SHORT = {0x5C: "\\\\", 0x0A: "\\n", 0x0D: "\\r", 0x09: "\\t"}
LONG = {"\\\\": 0x5C, "\\n": 0x0A, "\\r": 0x0D, "\\t": 0x09}
TOKEN = re.compile(r"(\\(?:[\\nrt]|x[0-9a-f]{2}))(?:\{(\d+)\})?|([^\\])")
RUN = 4  # shorter ones are written out


def encode(data):
    out, at = [], 0
    while at < len(data):
        byte, n = data[at], 1
        while at + n < len(data) and data[at + n] == byte:
            n += 1
        escaped = SHORT.get(byte) or f"\\x{byte:02x}"
        if n >= RUN:
            out.append(f"{escaped}{{{n}}}")
            at += n
            continue
        plain = 0x20 <= byte < 0x7F and byte != 0x5C
        if byte == 0x7B and out and out[-1].startswith("\\"):
            plain = False  # it would begin a number
        if byte == 0x23 and not out:
            plain = False
        out.append(chr(byte) if plain else escaped)
        at += 1
    if out and out[-1] == " ":
        out[-1] = "\\x20"
    return "".join(out)


def decode(line):
    out, at = bytearray(), 0
    while at < len(line):
        token = TOKEN.match(line, at)
        if not token:
            raise ValueError(f"column {at + 1}: no such escape")
        escape, times, plain = token.groups()
        if plain:
            out += plain.encode("ascii")
        else:
            byte = LONG.get(escape)
            out += bytes([int(escape[2:], 16) if byte is None else byte]) * int(times or 1)
        at = token.end()
    return bytes(out)


def path_of(target):
    return CORPUS / f"{target}.txt"


def read(target):
    """[(comment, input)]; the comment is empty for most."""
    path, out, comment = path_of(target), [], []
    for number, line in enumerate(path.read_text("ascii").split("\n") if path.exists() else (), 1):
        if line.startswith("#"):
            comment.append(line)
        elif line:
            try:
                out.append(("\n".join(comment), decode(line)))
            except ValueError as error:
                raise ValueError(f"{path.name}:{number}: {error}") from error
            comment = []
    return out


def write(target, entries):
    """entries: as read() returns them. Those without a comment are left out beyond LIMIT."""
    kept = [e for e in entries if e[0]]
    text = "".join(f"{comment}\n{encode(data)}\n" for comment, data in kept)
    for line in sorted({encode(data) for comment, data in entries if data and not comment},
                       key=lambda line: (len(line), line)):
        if len(text) + len(line) + 1 > LIMIT:
            break
        text += line + "\n"
    if text:
        path_of(target).write_text(text, "ascii")
    else:
        path_of(target).unlink(missing_ok=True)
