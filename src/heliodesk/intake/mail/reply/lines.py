"""Say of each line of a mail what it is: text, quote, marker, signature, delimiter, blank.

One letter a line, so that the rules can be read as patterns over a word:
t text, q quoted, b begin of somebody else's mail, s device signature, d delimiter, e empty.
"""

from heliodesk.intake.mail.reply import markers, marks, words

CUT = "\x01"
"""A line that the HTML reader puts where the page itself marks the begin of another mail."""
_WRAP_CHARS = 60
_DELIMITERS = "-_,=+~#*ᐧ—–"


def classify(lines: list[str]) -> list[str]:
    """The letter of every line."""
    kinds = _fenced(lines) if any(line.lstrip()[:3] == "```" for line in lines) else _plain(lines)
    if "q" in kinds:
        kinds = _linked(lines, kinds)
    if any(">" in line[:17] for line, kind in zip(lines, kinds, strict=True) if kind == "t"):
        kinds = _supercited(lines, kinds)
    return _signed_above(lines, _signed_off(lines, kinds))


def _plain(lines: list[str]) -> list[str]:
    kinds: list[str] = []
    while len(kinds) < len(lines):
        kinds.extend(_kind(lines, len(kinds)))
    return kinds


def _fenced(lines: list[str]) -> list[str]:
    """Lines between two code fences are text, whatever they look like."""
    kinds: list[str] = []
    marked = [at for at, line in enumerate(lines) if line.lstrip().startswith("```")]
    for start, end in zip(marked[::2], marked[1::2], strict=False):
        kinds += _plain(lines[len(kinds) : start])
        kinds += ["t"] * (end + 1 - len(kinds))
    return kinds + _plain(lines[len(kinds) :])


def _linked(lines: list[str], kinds: list[str]) -> list[str]:
    """Long links and long lines broken inside a quote belong to the quote."""
    for at in range(1, len(lines)):
        if kinds[at] == "t" and kinds[at - 1] == "q":
            before, line = lines[at - 1], lines[at].strip()
            inside = at + 1 < len(lines) and kinds[at + 1] == "q"
            if (
                inside
                and len(before) >= _WRAP_CHARS
                and line[0].islower()
                and before.rstrip()[-1].isalnum()
            ):
                kinds[at] = "q"
            opened = before.rfind("(http") > before.rfind(")") or before.rfind(
                "<http"
            ) > before.rfind(">")
            if (opened and line[-1] in ")>" and " " not in line) or line.startswith("(http"):
                kinds[at] = "q"
    return kinds


def _signed_off(lines: list[str], kinds: list[str]) -> list[str]:
    """Mark the device signatures that end the mail."""
    for at in range(len(lines) - 1, -1, -1):
        if kinds[at] == "t":
            if not marks.is_sent_from(lines[at]):
                break
            kinds[at] = "s"
        elif kinds[at] not in "ed":
            break
    return kinds


def _signed_above(lines: list[str], kinds: list[str]) -> list[str]:
    """Mark the device signatures right above the quote that ends a mail, below something said.

    Only what names a device, and stands by itself: it may be an answer otherwise. A single bare
    word above may belong to it, as the sender's name does; then both stay.
    """
    at = _quote(kinds) - 1
    found: list[int] = []
    while at >= 0 and (kinds[at] in "ed" or (kinds[at] == "t" and marks.is_device(lines[at]))):
        found += [at] if kinds[at] == "t" else []
        at -= 1
    alone = found and (found[-1] == 0 or kinds[found[-1] - 1] in "ed")
    said = " ".join(line for line, kind in zip(lines, kinds[: at + 1], strict=False) if kind == "t")
    if alone and said and not said.strip().isalpha():
        for place in found:
            kinds[place] = "s"
    return kinds


def _quote(kinds: list[str]) -> int:
    """Where the first marker stands, else the quote below which nothing is said; 0 without one."""
    if "b" in kinds:
        return kinds.index("b")
    first = kinds.index("q") if "q" in kinds else 0
    return first if "t" not in kinds[first:] else 0


def _kind(lines: list[str], at: int) -> str:
    """The letters of the line at ``at``, of more lines when a marker spans them."""
    line = lines[at]
    bare = line.strip()
    if not bare:
        return "e"
    if bare == CUT:
        return "b"
    if bare[0] == ">":
        return "b" if bare[:4] == ">>> " and words.GROUPWISE.match(bare) else "q"
    if bare[0] in _DELIMITERS and marks.DELIMITER.match(line):
        return "d"
    return "b" * markers.size(lines, at, bare) or "t"


def _supercited(lines: list[str], kinds: list[str]) -> list[str]:
    """Runs of lines marked with a name ("Ann> ") are quotes too."""
    run: list[int] = []
    name = ""
    for at in range(len(lines) + 1):
        kind = kinds[at] if at < len(lines) else ""
        found = marks.SUPERCITE.match(lines[at]) if kind == "t" else None
        if found and (not run or found[1] == name):
            run.append(at)
            name = found[1]
            continue
        before = "".join(kinds[: run[0]]).rstrip("e") if run else ""
        if len(run) >= 3 or (run and before.endswith("b")):
            for place in run:
                kinds[place] = "q"
        run = []
    return kinds
