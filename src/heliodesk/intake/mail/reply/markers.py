"""Recognise the lines that introduce somebody else's mail, however they are wrapped."""

from heliodesk.intake.mail.reply import marks, words

_WRAPPED_LINES = 6
_WRAPPED_CHARS = 420
_END_CHARS = 60
_VERB_CHARS = 20
_LAST_CHARS = 40
_FRONT_CHARS = 70
_HEADER_LINES = 14
_STACKED_LINES = 16
_STRIP_END = " \t*_-\u00a0\u200e\u200f"
_STRIP = f"{_STRIP_END}>"


def size(lines: list[str], at: int, bare: str) -> int:
    """How many lines a marker takes from line ``at``, stripped ``bare``; 0 when there is none."""
    if len(bare) > _WRAPPED_CHARS:
        return 0
    colon = ":" in bare or "：" in bare
    if "---" in bare and words.NOTES.match(bare):
        return 1 + _headers(lines, at + 1)
    if "@" in bare and (found := _stacked(lines, at)):
        return found
    if (colon or bare[0] in "-_=*" or "riginal" in bare) and words.ORIGINAL.match(bare):
        return 1 + _headers(lines, at + 1)
    if colon and (found := _headers(lines, at)):
        return found
    if words.STARTS.match(bare) or words.YEAR.search(bare):
        return _introduction(lines, at, dated=True)
    if "@" in bare or " via " in bare or bare[:9].lower() == "posted by":
        return _introduction(lines, at, dated=False)
    return 0


def _introduction(lines: list[str], at: int, *, dated: bool) -> int:
    """Lines of "On <date> <somebody> wrote:" in its many forms, wrapped over several lines."""
    joined = ""
    blank = False
    for number in range(min(_WRAPPED_LINES if dated else 3, len(lines) - at)):
        part = lines[at + number].strip()
        if not part:
            blank = True
            continue
        if number and not _continues(joined, part, blank=blank):
            return 0
        blank = False
        joined = f"{joined} {part}" if number else part
        if len(joined) > _WRAPPED_CHARS:
            return 0
        if _may_end(joined):
            bare = joined.lstrip(_STRIP).rstrip(_STRIP_END)
            if _is_compact(bare, dated=dated) and (
                is_introduction(bare) or _is_foreign(bare, lines, at + number + 1)
            ):
                return number + 1 + _verb_follows(lines, at + number + 1)
    return 0


def _may_end(joined: str) -> bool:
    """A cheap look at the last characters, before any pattern is tried."""
    tail = joined.rstrip(_STRIP_END)
    if tail[-1:] in ("", ":", "：", ">", ")"):
        return True
    return tail[-_VERB_CHARS:].rstrip(" .").lower().endswith(words.LAST) or "GMT" in tail


def _is_compact(bare: str, *, dated: bool) -> bool:
    """Whether date or address stand near the front and no sentence ends before them."""
    if dated:
        found = words.HAS_DATE.search(bare, 0, _FRONT_CHARS)
    else:
        found = words.EMAIL.search(bare, 0, _FRONT_CHARS + _END_CHARS)
    if found is None:
        return " via " in bare[:_FRONT_CHARS] or bare[:9].lower() == "posted by"
    return dated or not words.SENTENCE_END.search(bare)


def _is_foreign(bare: str, lines: list[str], after: int) -> bool:
    """Somebody, date, time and colon in any language, with a quote right below."""
    if bare[-1:] not in (":", "："):
        return False
    if not words.EMAIL.search(bare) and not words.AUTHOR_WROTE.match(bare):
        return False
    below = next((line for line in lines[after : after + 3] if line.strip()), "")
    return below.lstrip().startswith(">") and bool(
        words.HAS_DATE.search(bare) and words.TIME.search(bare)
    )


def _verb_follows(lines: list[str], at: int) -> int:
    """1 when the next line is nothing but the verb of the marker."""
    return int(at < len(lines) and bool(words.VERB_ALONE.match(lines[at])))


def _continues(joined: str, part: str, *, blank: bool) -> bool:
    if part[0] == ">":
        return bool(words.VERB_LINE.match(part))
    if blank:
        return part[0] in "<(" or "<" in joined[-4:]
    return True


def is_introduction(joined: str) -> bool:
    """Whether one unwrapped line introduces a quoted mail."""
    if words.DATE_ZONE_SOMEBODY.match(joined) or words.POSTED_BY.match(joined):
        return True
    if joined[-1] == ":" and words.SPELT.match(joined):
        return True
    wrote = bool(words.WROTE_AT_END.search(joined[-_LAST_CHARS:]))
    if "@" in joined and (address := words.EMAIL.search(joined)):
        if wrote or (words.EMAIL_AT_END.search(joined) and _dated_first(joined)):
            return True
        after = joined[address.end() : address.end() + _END_CHARS]
        if joined[-1] in ":：" and words.WROTE_WORD.search(after):
            return True
    if not words.HAS_DATE.search(joined):
        return wrote and " via " in joined
    if words.ON_WROTE_SOMEBODY.match(joined):
        return True
    if not wrote:
        return False
    if words.DATE_FIRST.match(joined) or " via " in joined:
        return True
    if not words.ON.match(joined):
        return False
    return joined[:3].lower() not in ("on ", "at ") or bool(words.PUNCTUATED.search(joined))


def _dated_first(joined: str) -> bool:
    """Whether a line without verb opens with its date, as some languages do."""
    if words.DATE_FIRST.match(joined):
        return True
    foreign = words.ON.match(joined) and joined[:3].lower() not in ("on ", "at ")
    return bool(foreign and joined[-1] in ":：" and words.HAS_DATE.search(joined, 0, _FRONT_CHARS))


def _headers(lines: list[str], at: int) -> int:
    """How many lines a block of copied header fields takes; 0 when there is none."""
    seen: set[str] = set()
    last = at
    evident = False
    misses = 0
    for number in range(at, min(at + _HEADER_LINES, len(lines))):
        line = lines[number]
        if not line.strip():
            if misses or (seen and len(seen) >= 3):
                break
            misses += 1
            continue
        found = words.HEADER.match(line) if (":" in line or "：" in line) else None
        if found and found.lastgroup:
            seen.add(found.lastgroup)
            evident = evident or "@" in line or bool(words.HAS_DATE.search(line))
            last, misses = number + 1, 0
        elif not seen or misses or number - last >= 2:
            break
    if len(seen - {"c"}) >= 3 or (len(seen - {"c"}) == 2 and evident and _opens(lines, at, seen)):
        return last - at
    return 0


def _stacked(lines: list[str], at: int) -> int:
    """How many lines a head takes whose fields stand below one another, each under its name.

    Lotus Notes sets one so: the author with the address, the moment, then "To", "cc", "Subject".
    """
    if not words.EMAIL.search(lines[at]) or len(lines[at]) > _WRAPPED_CHARS:
        return 0
    rows = [
        (number, lines[number].strip())
        for number in range(at + 1, min(at + _STACKED_LINES, len(lines)))
        if lines[number].strip()
    ]
    if len(rows) < 3 or not words.TIME.search(rows[0][1]) or not words.HAS_DATE.match(rows[0][1]):
        return 0
    seen: set[str] = set()
    for number, row in rows[1:]:
        found = words.HEADER.match(f"{row}:") if len(row) <= _END_CHARS else None
        if found and found.lastgroup and found.end() == len(row) + 1:
            seen.add(found.lastgroup)
        if found and found.lastgroup == "s" and "t" in seen:
            return (
                number - at + 1 + int(number + 1 < len(lines) and bool(lines[number + 1].strip()))
            )
    return 0


def _opens(lines: list[str], at: int, seen: set[str]) -> bool:
    """Whether a block of only two fields stands apart, as mail programs set it."""
    apart = at == 0 or not lines[at - 1].strip() or bool(marks.DELIMITER.match(lines[at - 1]))
    return apart and bool(seen & {"f", "d"})
