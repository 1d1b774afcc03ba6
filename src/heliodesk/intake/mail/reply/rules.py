"""Decide which lines of a mail are new, from what each line is. Pure; keeps when in doubt."""

import re

_SHORT = 7
"""Fewer lines of text after a quote are a farewell, not an answer between the quotes."""
_USENET_LINES = 14
_RULE_LINES = 3


def keep(kinds: list[str]) -> list[int]:
    """Numbers of the lines to show."""
    word = "".join(kinds)
    chosen = list(range(len(word)))
    for _ in range(len(word)):
        place = _next_marker(word, chosen)
        if place < 0:
            break
        word, chosen = _apply(word, chosen, place)
    return _without_tail(word, chosen)


def _next_marker(word: str, chosen: list[int]) -> int:
    return next((at for at, number in enumerate(chosen) if word[number] == "b"), -1)


def _apply(word: str, chosen: list[int], place: int) -> tuple[str, list[int]]:
    """Treat the first marker that stands: cut there, or drop it and what it introduces."""
    view = "".join(word[number] for number in chosen)
    above = view[:place]
    after = view[place:].lstrip("bed")
    size = len(view) - place - len(after)
    said = "t" in above or "s" in above
    if not after.strip("s"):
        return word, chosen[:place]
    if after[0] == "t":
        if said:
            return word, chosen[:place]
        return word, chosen[:place] + chosen[place + size :]
    quoted = re.match(r"[eqbd]*", after)
    end = quoted.end() if quoted else 0
    rest = after[end:]
    if "t" not in rest:
        return (word, chosen[:place]) if said else (word, chosen[:place] + chosen[place + size :])
    if (
        "q" in rest.rstrip("eqbds")
        or ("q" in rest and said)
        or (said and rest.count("t") >= _SHORT)
    ):
        return word, chosen[:place] + chosen[place + size :]
    return word, chosen[:place] + chosen[place + size + end :]


def _without_tail(word: str, chosen: list[int]) -> list[int]:
    """Without quotes, delimiters, device signatures and blanks at the end, if text remains."""
    view = "".join(word[number] for number in chosen)
    strip = "eqdsb" if "t" in view else "eds"
    return chosen[: len(view.rstrip(strip))]
