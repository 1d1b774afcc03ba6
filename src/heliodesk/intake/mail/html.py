"""Plain text of an HTML body: one pass over its tags, no tree, so no depth to attack."""

import html
import re
from collections.abc import Iterator
from itertools import islice

from heliodesk.intake.mail import limits

_TAG = re.compile(r"<(?:(/?)([a-zA-Z][\w:-]*)([^<>]*)(>)?|(!--)|([!?]))")
_BLANKS = re.compile(r"\n{3,}")
_SWALLOWED = {"script", "style", "head", "title", "template", "noframes", "object", "svg"}
_OPTIONAL = {"head", "title", "object", "svg"}
"""Of these, one that is never closed swallows only its own tag."""
_INLINE = {
    "a", "abbr", "b", "big", "body", "code", "em", "font", "html", "i", "img", "meta", "o:p",
    "s", "small", "span", "strong", "sub", "sup", "tbody", "tt", "u", "wbr",
}  # fmt: skip
_BLOCKS = {
    "address", "article", "aside", "blockquote", "center", "dd", "div", "dl", "dt", "fieldset",
    "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main",
    "nav", "ol", "p", "pre", "section", "table", "thead", "tr", "ul",
}  # fmt: skip
_SPACED = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "pre", "blockquote", "hr"}
_HIDING = {"div", "span", "p", "td"}
_HIDDEN = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all", re.I)
_OTHERS_MAIL = re.compile(
    r"""(?:class|id|name|data-marker)\s*=\s*["']?[^"'>]*(?:gmail_quote|yahoo_quoted|protonmail_quote
    |tutanota_quote|moz-cite-prefix|moz-forward-container|OutlookMessageHeader|divRplyFwdMsg
    |appendonsend|stopSpelling|OLK_SRC_BODY_SECTION|reference-message|isForwardContent|replyforward
    |__DIVIDER__|zmail_extra|quoted-?text|js-readmsg|messageReplySection|ntmail_quote|front-quote
    |hs_reply|reply-?separator)
    |border-top:\s*solid\s+\#?(?:E1E1E1|B5C4DF)\s+1
    |border-top-color:\s*rgb\(229,\s*229,\s*229\)""",
    re.I | re.X,
)
"""Marks that mail programs set where somebody else's mail begins."""
_CITE = re.compile(r"cite|gmail_quote|quote|border-left", re.I)
_OUTLOOK_RULE = re.compile(r"tabindex\s*=\s*[\"']?-1|stopSpelling|__DIVIDER__", re.I)
_ANY_TAG = re.compile(r"<[a-zA-Z/!][^<>]*>")
_QUOTED_VALUE_TRIES = 6
_QUOTED_VALUE_CHARS = 4_000
_QUOTE_DEPTH = 20

_Tag = tuple[str, str, bool, int, int]
"""Name in small letters, attributes as written, whether it closes, where it starts and ends."""


def tags(page: str) -> Iterator[_Tag]:
    """Tags of a page in order; what a reader never sees comes as one tag named ``!``."""
    unclosed: set[str] = set()
    at = 0
    for found in islice(_TAG.finditer(page), limits.HTML_TAGS):
        start, end = found.span()
        if start < at:
            continue
        slash, name, attributes, ended, comment, _declaration = found.groups()
        at = end
        if comment:
            stop = page.find("-->", at)
            at = len(page) if stop < 0 else stop + 3
            yield "!", "", False, start, at
            continue
        if name is None or not ended or attributes.count('"') % 2:
            at = _tag_end(page, found.end(2) if name else at)
            if at == 0:
                return
            attributes = page[found.end(2) : at - 1] if name else ""
        name = name.lower() if name else "!"
        if name in _SWALLOWED and not slash and name not in unclosed:
            closed = _element_end(page, name, at)
            if closed == at:
                unclosed.add(name)
            name, at = "!", closed
        yield name, attributes, slash == "/", start, at


def _tag_end(page: str, at: int) -> int:
    """After the ``>`` that ends a tag; one inside a quoted value does not count. 0 without any."""
    stop = at
    for _ in range(_QUOTED_VALUE_TRIES):
        stop = page.find(">", stop) + 1
        if stop == 0:
            break
        if stop - at < _QUOTED_VALUE_CHARS and page.count('"', at, stop) % 2 == 0:
            return stop
    return page.find(">", at) + 1


def _element_end(page: str, name: str, at: int) -> int:
    """After the closing tag of a swallowed element; without one, only the tag is swallowed."""
    found = re.compile(rf"</{name}\s*>", re.I).search(page, at)
    if found:
        return found.end()
    if name == "head" and (body := re.compile(r"<body\b", re.I).search(page, at)):
        return body.start()
    return at if name in _OPTIONAL else len(page)


class _Writer:
    """Text put together line by line, with quoting marks and preformatted stretches."""

    __slots__ = ("cited", "line", "out", "pre", "quotes")

    def __init__(self) -> None:
        self.out: list[str] = []
        self.line: list[str] = []
        self.quotes = 0
        self.cited: list[int] = []
        self.pre = 0

    def text(self, raw: str) -> None:
        text = html.unescape(raw) if "&" in raw else raw
        if not self.pre or "\n" not in text:
            self.line.append(text)
            return
        first, *others = text.replace("\r", "").split("\n")
        self.line.append(first)
        for other in others:
            self.newline()
            self.line.append(other)

    def newline(self) -> None:
        self._write("".join(self.line))

    def _write(self, text: str) -> None:
        text = text.rstrip() if self.pre else " ".join(text.split())
        self.out.append("> " * self.quotes + text if self.quotes else text)
        self.line = []

    def quote(self, attributes: str, *, closing: bool, cited_only: bool) -> None:
        """Deeper or shallower quoting; indented blocks are told from cited ones on request."""
        if closing:
            self.quotes -= self.cited.pop() if self.cited else 0
            return
        cited = not cited_only or bool(_CITE.search(attributes))
        step = int(cited and len(self.cited) < _QUOTE_DEPTH)
        self.cited.append(step)
        self.quotes += step

    def block(self, *, spaced: bool) -> None:
        """Begin a new line, after a blank one where the page leaves room."""
        if self.line:
            text = "".join(self.line)
            if text and not text.isspace():
                self._write(text)
            self.line = []
        if spaced and self.out and self.out[-1].strip("> "):
            self.out.append("> " * self.quotes)


def to_text(page: str, *, cut: str = "", hide: bool = True) -> str:
    """Readable text of ``page``; quoted blocks get ``> `` marks, list items a dash.

    With ``cut``, that line is put wherever a mail program marked the begin of another mail,
    and a block that is merely indented is not marked as quoted. Elements that the page hides are
    left out, unless one is never closed: then all is shown.
    """
    writer = _Writer()
    at, hidden, depth = 0, "", 0
    for name, attributes, closing, start, end in tags(page):
        if hidden:
            if name == hidden:
                depth += -1 if closing else 1
                hidden = hidden if depth else ""
            at = end
            continue
        if start > at:
            writer.text(page[at:start])
        at = end
        if attributes and not closing:
            if hide and name in _HIDING and "none" in attributes and _HIDDEN.search(attributes):
                hidden, depth = name, 1
                continue
            if cut and _opens_other(name, attributes):
                writer.block(spaced=False)
                writer.out.append(cut)
        if name not in _INLINE:
            _write_tag(writer, name, attributes, closing=closing, cited_only=bool(cut))
    if hidden:
        return to_text(page, cut=cut, hide=False)
    if at < len(page):
        rest = page[at:]
        writer.text(rest if "<" not in rest else _ANY_TAG.sub(" ", rest))
    writer.newline()
    return _BLANKS.sub("\n\n", "\n".join(line.rstrip() for line in writer.out)).strip("\n")


def _opens_other(name: str, attributes: str) -> bool:
    if name == "hr":
        return bool(_OUTLOOK_RULE.search(attributes))
    return name != "blockquote" and bool(_OTHERS_MAIL.search(attributes))


def _write_tag(
    writer: _Writer, name: str, attributes: str, *, closing: bool, cited_only: bool
) -> None:
    if name == "br":
        writer.newline()
    elif name in ("td", "th"):
        writer.line.append(" ")
    elif name == "blockquote":
        writer.block(spaced=not closing)
        writer.quote(attributes, closing=closing, cited_only=cited_only)
        writer.block(spaced=closing)
    elif name in _BLOCKS:
        writer.block(spaced=name in _SPACED)
        if name == "pre":
            writer.pre = max(0, writer.pre + (-1 if closing else 1))
        elif name == "li" and not closing:
            writer.line.append("- ")
        elif name == "hr":
            writer.out.append("-" * 20)


def from_text(text: str) -> str:
    """A plain text as a piece of HTML that keeps its lines."""
    return f'<div style="white-space: pre-wrap">{html.escape(text, quote=False)}</div>'
