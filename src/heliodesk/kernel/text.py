"""Small cares for text that came from outside."""

import re

_BREAKS = re.compile(r"[\r\n\t\f\v\x00\x85\u2028\u2029]+ *")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def one_line(text: str, limit: int = 998) -> str:
    """Text for a header or a title: no line breaks, at most ``limit`` characters."""
    return _CONTROL.sub("", _BREAKS.sub(" ", text)).strip()[:limit]


def storable(text: str) -> str:
    """Text that PostgreSQL can keep: no NUL, no lone surrogates."""
    if text.isascii() and "\0" not in text:
        return text
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def preview(text: str, limit: int = 160) -> str:
    """The first words of a text on one line."""
    return " ".join(text[: limit * 3].split())[:limit]
