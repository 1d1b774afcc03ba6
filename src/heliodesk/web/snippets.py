"""The words around what was looked for, with it marked."""

import re
from collections.abc import Sequence
from functools import lru_cache

from markupsafe import Markup, escape

#: Characters before the word that was found, and the length of the whole.
_BEFORE, _WHOLE = 40, 220


def names(files: str | None, words: Sequence[str]) -> list[Markup]:
    """The names of files, one a line of ``files``, in which these words stand, marked."""
    pattern = _pattern(words)
    if not files or pattern is None:
        return []
    return [marked(name, words) for name in files.split("\n") if pattern.search(name)]


def around(text: str, words: Sequence[str]) -> Markup:
    """A line of text round the first of these words, each of them marked."""
    flat = " ".join(text.split())
    pattern = _pattern(words)
    first = pattern.search(flat) if pattern else None
    start = max(first.start() - _BEFORE, 0) if first else 0
    if start:
        start = flat.find(" ", start, start + _BEFORE) + 1 or start
    cut = flat[start : start + _WHOLE]
    return (Markup("…") if start else Markup()) + marked(cut, words)


def marked(text: str, words: Sequence[str]) -> Markup:
    """The text with these words marked, and nothing else of it taken for markup."""
    pattern = _pattern(words)
    if pattern is None:
        return escape(text)
    # The pattern is a group, so that every second part is a word that was found.
    parts = [
        f"<mark>{escape(part)}</mark>" if number % 2 else escape(part)
        for number, part in enumerate(pattern.split(text))
    ]
    return Markup("".join(parts))  # noqa: S704 (every part is escaped)


def _pattern(words: Sequence[str]) -> re.Pattern[str] | None:
    return _compiled(tuple(words)) if words else None


@lru_cache(maxsize=256)
def _compiled(words: tuple[str, ...]) -> re.Pattern[str]:
    some = "|".join(re.escape(word) for word in words)
    # An underscore joins words of a file's name; the search takes them apart.
    return re.compile(rf"(?<![^\W_])({some})(?![^\W_])", re.IGNORECASE)
