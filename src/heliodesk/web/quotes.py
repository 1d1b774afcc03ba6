"""The quoted mess under a mail, read as the thread that it was: who said what, when.

Pure: it knows the marks that mail programs leave (``>``, “On … wrote:”, a block of headers) and
guesses no further; what it cannot read stays as it stands, and no word is ever lost.
"""

import re
from functools import lru_cache
from typing import NamedTuple

#: Deeper, and longer, is shown as it stands.
_DEEPEST, _LONGEST = 30, 200_000
_MARK = re.compile(r"^(?:>[ \t]?)+")
_WROTE = re.compile(
    r"^(?:on|am|le|el|op|il|den|em|dne|w dniu)\b.{6,200}?"
    r"(?:wrote|schrieb|écrit|escribió|schreef|scritto|skrev|escreveu|napsal|pisze)\b.{0,80}:$",
    re.IGNORECASE,
)
_HEADER = re.compile(
    r"^\*?(?P<name>from|von|de|da|van|sent|gesendet|envoyé|enviado|inviato|date|datum|fecha|to|an|à"
    r"|para|cc|subject|betreff|objet|asunto|oggetto)\s?:\*?\s?(?P<value>.{1,400})$",
    re.IGNORECASE,
)
_FROM = {"from", "von", "de", "da", "van"}
_WHEN = {"sent", "gesendet", "envoyé", "enviado", "inviato", "date", "datum", "fecha"}
_RULE = re.compile(r"^(?:[-_*]{5,}.*|-{2,}\s?(?:original|forwarded|weitergeleitete).{0,60})$", re.I)


class Quote(NamedTuple):
    """What one person said, as far down in the quotes as it stood."""

    depth: int
    #: Who and when, as the mail program wrote it; empty when it said nothing.
    head: str
    text: str


class _Part:
    """A quote while its lines are gathered."""

    def __init__(self, depth: int, head: str = "") -> None:
        self.depth, self.head, self.lines = depth, head, list[str]()

    @property
    def says(self) -> bool:
        return bool(self.head) or any(line.strip() for line in self.lines)


@lru_cache(maxsize=2048)
def thread(text: str) -> tuple[Quote, ...]:
    """The parts of a quoted text, the newest first, as they stand in it."""
    if len(text) > _LONGEST:
        return (Quote(0, "", text.strip("\n")),)
    parts, base, at = [_Part(0)], 0, 0
    lines = text.split("\n")
    while at < len(lines):
        marks, line = _peeled(lines[at])
        depth = min(base + marks, _DEEPEST)
        if wrote := _wrote(lines, at):
            parts.append(_Part(depth + 1, wrote[0]))
            at += wrote[1]
            continue
        if block := _block(lines, at, marks):
            base += any(part.says for part in parts)
            parts.append(_Part(min(base + marks, _DEEPEST), block[0]))
            at += block[1]
            continue
        if line.strip() and depth != parts[-1].depth:
            parts.append(_Part(depth))
        parts[-1].lines.append(line)
        at += 1
    said = [part for part in parts if part.says]
    least = min((part.depth for part in said), default=0)
    return tuple(
        Quote(part.depth - least, part.head, "\n".join(part.lines).strip("\n")) for part in said
    )


def _peeled(line: str) -> tuple[int, str]:
    """How deep a line is quoted, and the line."""
    match = _MARK.match(line)
    return (match[0].count(">"), line[match.end() :]) if match else (0, line)


def _wrote(lines: list[str], at: int) -> tuple[str, int] | None:
    """“On … wrote:”, which may go over three lines, and how many it took."""
    for count in (1, 2, 3):
        joined = " ".join(_peeled(line)[1].strip() for line in lines[at : at + count])
        if len(joined) > 400:
            return None
        if _WROTE.match(joined):
            return joined.rstrip(":"), count
    return None


def _block(lines: list[str], at: int, marks: int) -> tuple[str, int] | None:
    """Who and when of a block of headers, and how many lines it took."""
    used = 1 if _RULE.match(_peeled(lines[at])[1].strip()) else 0
    found: dict[str, str] = {}
    for line in lines[at + used : at + used + 9]:
        depth, said = _peeled(line)
        match = _HEADER.match(said.strip())
        if depth != marks or (not match and (said.strip() or found)):
            break
        used += 1
        if match:
            found.setdefault(match["name"].lower(), match["value"].strip("* "))
    who = next((found[name] for name in found if name in _FROM), "")
    when = next((found[name] for name in found if name in _WHEN), "")
    if not who or len(found) < 2:
        return None
    return (f"{who}, {when}" if when else who), used
