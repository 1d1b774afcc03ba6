"""Decide which lines of a mail are new, from what each line is. Pure; keeps when in doubt."""

import re

_SHORT = 7
"""Fewer lines of text after a quote are a farewell, not an answer between the quotes."""
_QUOTED = re.compile(r"[eqbd]*")


def keep(kinds: list[str], *, greeted: bool = False) -> list[int]:
    """Numbers of the lines to show. ``greeted``: the only text above the quote is a greeting."""
    view = "".join(kinds)
    numbers = list(range(len(view)))
    while (place := view.find("b")) >= 0:
        start, end = _hidden(view, place, greeted=greeted)
        view = view[:start] + view[end:]
        del numbers[start:end]
    tail = "eqds" if "t" in view else "eds"
    return numbers[: len(view.rstrip(tail))]


def _hidden(view: str, place: int, *, greeted: bool) -> tuple[int, int]:
    """The stretch to hide at the first marker: all below, marker and quote, or marker only."""
    said = "t" in view[:place] or "s" in view[:place]
    after = view[place:].lstrip("bed")
    begins = len(view) - len(after)
    if not after.strip("s"):
        return place, len(view)
    if after[0] == "t":
        return (place, len(view)) if said else (place, begins)
    quoted = _QUOTED.match(after)
    rest = after[quoted.end() :] if quoted else after
    if "t" not in rest:
        return (place, len(view)) if said else (place, begins)
    between = "q" in rest if said else "q" in rest.rstrip("eqbds")
    if between or (said and (greeted or rest.count("t") >= _SHORT)):
        return place, begins
    return place, len(view) - len(rest)
