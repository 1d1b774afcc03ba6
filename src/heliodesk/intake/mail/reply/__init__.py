"""What is new in a mail: the body without quoted mail, signatures and device lines."""

import re

from heliodesk.intake.mail import limits
from heliodesk.intake.mail.reply import marks, rules, words
from heliodesk.intake.mail.reply.lines import CUT, classify
from heliodesk.intake.mail.reply.markers import is_introduction

_SAME_LINE = re.compile(
    r"^(.*\S)[ \t-]*?[ \t]?(-*[ \t]?On (?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\w*,"
    r"|\d{1,2}[ /.]).{8,200}wrote:)[ \t]*$",
    re.M,
)
_ARMOUR = re.compile(
    r"^-----BEGIN PGP SIGNED MESSAGE-----\n(?:Hash:[^\n]*\n)*"
    r"|^-----BEGIN PGP SIGNATURE-----\n(?:[^-\n][^\n]*\n|\n)*-----END PGP SIGNATURE-----[ \t]*$",
    re.M,
)
_UUENCODED = re.compile(r"^begin [0-7]{3,4} \S[^\n]*\n(?:[ -`]{1,62}\n)+end[ \t]*$", re.M)
_GREETING_CHARS = 40
_LINE_CHARS = 250
_BARS = ("#-", "--", "##", "==", "__", "**", "~~", "——", "––", "above this line")
_USENET_LINES = 14
_DASHED_LINES = 8
_RULE_LINES = 3
_BIDI = dict.fromkeys([0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])
_BIDI_SIGN = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_QUOTES = re.compile(r"^[ \t>]+", re.M)


def strip(text: str) -> str:
    """The new words of a mail; text of HTML may hold ``CUT`` lines where the page marked quotes.

    Never loses the sender's words: when in doubt, keeps.
    """
    if "-----BEGIN PGP S" in text:
        text = _ARMOUR.sub("", text)
    if "\nbegin" in text:
        text = _UUENCODED.sub("", text)
    if "wrote:" in text:
        # Line by line: the pattern tries every place of every line it is shown.
        text = "\n".join(
            _SAME_LINE.sub(_own_line, line) if "wrote:" in line else line
            for line in text.split("\n")
        )
    lines = text.split("\n")
    if len(lines) > limits.REPLY_LINES:
        return "\n".join(line for line in lines if line != CUT).strip()
    if any(bar in text for bar in _BARS):
        lines = _above(lines)
    kinds = classify(
        [line.translate(_BIDI) for line in lines] if _BIDI_SIGN.search(text) else lines
    )
    lines, kinds = _unsigned(lines, kinds)
    if "t" not in kinds:
        return _wordless(lines, kinds)
    kept = rules.keep(kinds, greeted=_greeted(lines, kinds))
    return _trimmed([lines[number] for number in kept])


def _greeted(lines: list[str], kinds: list[str]) -> bool:
    """Whether a single line of greeting is all that stands above the first marker."""
    first = kinds.index("b") if "b" in kinds else 0
    above = [line for line, kind in zip(lines[:first], kinds[:first], strict=True) if kind == "t"]
    return (
        len(above) == 1
        and len(above[0]) <= _GREETING_CHARS
        and above[0].rstrip().endswith((",", "!"))
    )


def _own_line(found: re.Match[str]) -> str:
    """Put a marker that shares a line with text on a line of its own."""
    if found[1].lstrip(" >\t") == "" or found[1].startswith(">"):
        return found[0]
    return f"{found[1].rstrip(' -')}\n{found[2]}"


def _above(lines: list[str]) -> list[str]:
    """Only what stands above our own reply line, if something does."""
    for at, line in enumerate(lines):
        if len(line) < _LINE_CHARS and words.ABOVE.match(line):
            above = lines[:at]
            while above and not above[-1].strip():
                above.pop()
            if any(item.strip(" >\t") for item in above):
                return above
            return lines[at + 1 :]
    return lines


def _unsigned(lines: list[str], kinds: list[str]) -> tuple[list[str], list[str]]:
    """Without the signature below a "-- " line and the footer below a long rule."""
    at = 0
    while at < len(lines):
        if kinds[at] == "d" and "t" in kinds[:at]:
            end = at + 1
            while end < len(lines) and kinds[end] in "tes":
                end += 1
            if _is_signature(lines, kinds, at, end):
                lines, kinds = lines[:at] + lines[end:], kinds[:at] + kinds[end:]
                continue
        at += 1
    return lines, kinds


def _is_signature(lines: list[str], kinds: list[str], at: int, end: int) -> bool:
    under = [
        line
        for line, kind in zip(lines[at + 1 : end], kinds[at + 1 : end], strict=True)
        if kind == "t"
    ]
    if set(kinds[end:]) & {"t", "b", "q"}:
        return False
    if marks.USENET.match(lines[at]):
        exact = lines[at].rstrip("\r") == "-- "
        return len(under) <= (_USENET_LINES if exact else _DASHED_LINES)
    if not marks.RULE.match(lines[at]):
        return False
    return len(under) <= _RULE_LINES or marks.is_footer(under)


def _wordless(lines: list[str], kinds: list[str]) -> str:
    """A mail of quotes only: shown as it is, unless the quotes are empty too."""
    quoted = [_QUOTES.sub("", line) for line, kind in zip(lines, kinds, strict=True) if kind == "q"]
    if all(not item.strip() or is_introduction(item.strip()) for item in quoted):
        return ""
    return "\n".join(line for line in lines if line != CUT).strip()


def _trimmed(lines: list[str]) -> str:
    return "\n".join(line for line in lines if line.strip() != CUT).strip()


__all__ = ["CUT", "strip"]
