"""A letter's text as a page: what mail programs show that show more than text.

The page says the same as the text, in the same order. Three things of it stand out because one
looks for them: the reference, the details as they came, and the way to the case.
"""

import re
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup, escape

_LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]]")
_ROW = re.compile(r"^([^:\n]{2,40}?)\s?: +(\S.*)$")
# Styles stand at the elements, since some mail programs drop style sheets; the classes are for dark
# themes, where they are kept.
_FONT = "-apple-system,'Segoe UI',Roboto,Arial,sans-serif"
_REF = (
    "margin:20px 0;padding:14px 18px;background:#faf9f7;border:1px solid #e6e4e0;border-radius:10px"
)
_SMALL = "font-size:13px;line-height:18px;color:#5c6069"
_BIG = "font-size:26px;line-height:34px;letter-spacing:.5px;white-space:nowrap"
_BUTTON = (
    "display:inline-block;padding:11px 18px;border-radius:8px;background:#2f58c4;color:#ffffff;"
    "font-weight:600;font-size:15px;line-height:20px;text-decoration:none"
)
_CELL = f"padding:8px 0;border-top:1px solid #e6e4e0;font:14px/20px {_FONT};vertical-align:top"
_NAME = f"{_CELL};width:120px;padding-right:16px;text-align:left;color:#5c6069"
_SAID = "margin:12px 0 20px;padding:2px 0 2px 16px;border-left:3px solid #e6e4e0"
_WAY = re.compile(r"^([^:\n]{2,60}?)\s?: +(https?://\S+)$")


def body(text: str, known: Mapping[str, Any]) -> str:
    """The page of a text that was made from these values; everything escaped."""
    before, table, after = _details(text, known)
    if table is None:
        return _blocks(text, known)
    given = str(known["details"]).strip()
    quoted, _, rest = after.partition(given) if given else ("", "", after)
    box = f'<div class="said" style="{_SAID}">{paragraphs(given)}</div>' if given else ""
    return "\n".join(
        part
        for part in (
            _blocks(before, known),
            table,
            _blocks(quoted, known),
            box,
            _blocks(rest, known),
        )
        if part
    )


def paragraphs(text: str) -> str:
    """Plain text as HTML: paragraphs, line breaks, quotes and links; everything escaped."""
    return "\n".join(f"<p>{_lines(block)}</p>" for block in _split(text))


def _split(text: str) -> list[str]:
    return re.split(r"\n{2,}", text.strip()) if text.strip() else []


def _details(text: str, known: Mapping[str, Any]) -> tuple[str, str | None, str]:
    """What comes before the list that repeats the title, the list, and what comes after it."""
    title = str(known.get("title", ""))
    if not title or "details" not in known:
        return text, None, ""
    for block in _split(text):
        found = [_ROW.match(line) for line in block.split("\n")]
        rows = [(row[1], row[2]) for row in found if row]
        if len(rows) == len(found) and rows[0][1] == title:
            before, _, after = text.partition(block)
            return before, _table(rows), after
    return text, None, ""


def _table(rows: list[tuple[str, str]]) -> str:
    cells = "".join(
        f'<tr><th scope="row" class="line soft" style="{_NAME}">{escape(name)}</th>'
        f'<td class="line" style="{_CELL}">{escape(value)}</td></tr>'
        for name, value in rows
    )
    return f'<table width="100%" cellpadding="0" cellspacing="0">{cells}</table>'


def _blocks(text: str, known: Mapping[str, Any]) -> str:
    return "\n".join(_block(block, str(known.get("spoken", ""))) for block in _split(text))


def _block(block: str, reference: str) -> str:
    row, way = _ROW.match(block), _WAY.match(block)
    if reference and row and row[2] == reference:
        shown = escape(reference).replace(" ", Markup("&nbsp;"))
        label = f'<span class="soft" style="{_SMALL}">{escape(row[1])}</span>'
        return f'<p class="box" style="{_REF}">{label}<br><b style="{_BIG}">{shown}</b></p>'
    if way:
        return (
            f'<p><a class="way" href="{escape(way[2])}" style="{_BUTTON}">{escape(way[1])}</a></p>'
        )
    return f"<p>{_lines(block)}</p>"


def _lines(block: str) -> str:
    if "://" not in block:
        return str(escape(block)).replace("\n", "<br>\n")
    return "<br>\n".join(_linked(line) for line in block.split("\n"))


def _linked(line: str) -> str:
    parts, last = [], 0
    for match in _LINK.finditer(line):
        parts.append(str(escape(line[last : match.start()])))
        url = str(escape(match.group()))
        parts.append(f'<a href="{url}">{url}</a>')
        last = match.end()
    parts.append(str(escape(line[last:])))
    return "".join(parts)
