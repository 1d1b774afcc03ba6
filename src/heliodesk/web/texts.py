"""What people wrote, made fit for a page: nothing of it is markup, addresses become links."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from markupsafe import Markup, escape

from heliodesk.cases.letters import IMAGE, PICTURES

_LINK = re.compile(r"\bhttps?://[^\s<>\"'`]{3,2000}", re.IGNORECASE)
_TRAILING = ".,;:!?)]}'\"…"
_SHOWN = Markup('<a class="inshot" href="{0}" target="_blank" rel="noopener">{1}</a>')
_PICTURE = Markup('<img src="{0}" alt="{1}" loading="lazy">')
_NAMED = Markup('<span class="mention">{0}</span>')


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


def shown(
    text: str,
    files: Sequence[Mapping[str, Any]] = (),
    names: Mapping[str, str] | None = None,
    path: str = "/attachments/",
) -> Markup:
    """The text with links, with the pictures that stand in it, and with the colleagues it names.

    Args:
        files: of the message; those that the text shows are put in their places.
        names: colleagues who were told of it, by id.
        path: where files of this side are served from.
    """
    pictures = _pictures(text, files) if files else {}
    if not pictures and not names:
        return linked(text)
    parts: list[Markup | str] = []
    end = 0
    for match in _marks(pictures, names or {}).finditer(text):
        parts.append(linked(text[end : match.start()]))
        parts.append(_marked(match, pictures, path))
        end = match.end()
    return Markup("").join([*parts, linked(text[end:])])


def in_text(text: str, files: Sequence[Mapping[str, Any]]) -> set[int]:
    """The ids of the files that the text shows."""
    return {one["id"] for one in _pictures(text, files).values()}


def _pictures(text: str, files: Sequence[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    if "[image: " not in text:
        return {}
    named = set(IMAGE.findall(text))
    return {one["name"]: one for one in files if one["name"] in named and one["type"] in PICTURES}


def _marks(pictures: Mapping[str, Any], names: Mapping[str, str]) -> re.Pattern[str]:
    """What finds the pictures and the colleagues, the longest names first."""
    known = [re.escape(f"[image: {name}]") for name in pictures]
    known += [re.escape(f"@{name}") for name in sorted(names.values(), key=len, reverse=True)]
    return re.compile("|".join(known))


def _marked(match: re.Match[str], pictures: Mapping[str, Any], path: str) -> Markup:
    if match[0].startswith("@"):
        return _NAMED.format(match[0])
    name = match[0][len("[image: ") : -1]
    address = f"{path}{pictures[name]['id']}/"
    return _SHOWN.format(address, _PICTURE.format(address, name))


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
