"""What people wrote, made fit for a page: nothing of it is markup, addresses become links."""

import re
from typing import NamedTuple

from markupsafe import Markup, escape

_LINK = re.compile(r"\bhttps?://[^\s<>\"'`]{3,2000}", re.IGNORECASE)
_A = Markup('<a href="{0}" rel="noopener noreferrer nofollow" target="_blank">{0}</a>')
_TRAILING = ".,;:!?)]}'\"…"


def linked(text: str) -> Markup:
    """The text, escaped, with web addresses as links."""
    if "://" not in text:
        return escape(text)
    parts: list[Markup | str] = []
    end = 0
    for match in _LINK.finditer(text):
        address = match[0].rstrip(_TRAILING)
        parts += [
            escape(text[end : match.start()]),
            Markup(
                '<a href="{0}" rel="noopener noreferrer nofollow" target="_blank">{0}</a>'
            ).format(address),
        ]
        end = match.start() + len(address)
    return Markup("").join([*parts, escape(text[end:])])


class Split(NamedTuple):
    """A message in two: what is new, and what it quotes."""

    new: str
    quoted: str
    lines: int
    #: Whether ``quoted`` is only the rest; otherwise it is the message as a whole.
    is_rest: bool


def split(text: str, new_text: str | None) -> Split:
    """A message's new words, and the rest to be folded away."""
    whole = text.strip("\r\n")
    if new_text is None or new_text.strip() == whole.strip():
        return Split(whole, "", 0, is_rest=True)
    new = new_text.strip("\r\n")
    is_rest = whole.startswith(new)
    quoted = whole[len(new) :].strip("\r\n") if is_rest else whole
    return Split(new, quoted, quoted.count("\n") + 1, is_rest=is_rest)
