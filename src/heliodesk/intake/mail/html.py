"""Plain text of an HTML body: one pass over its tags, no tree, so no depth to attack."""

import html
import re

from heliodesk.intake.mail import limits

_TAG = re.compile(r"<(?:(!--)|(/?)([a-zA-Z][\w:-]*)|([!?]))")
_SPACES = re.compile(r"[ \t\n\r\f\u00a0]+")
_BLANKS = re.compile(r"\n{3,}")
_TRAILING = re.compile(r"[ \t]+\n")
_SWALLOWED = {"script", "style", "head", "title", "template", "noframes", "object", "svg"}
_BLOCKS = {
    "address", "article", "aside", "blockquote", "center", "dd", "div", "dl", "dt", "fieldset",
    "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main",
    "nav", "ol", "pre", "section", "table", "tbody", "thead", "tr", "ul", "body", "html",
}  # fmt: skip
_SPACED = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "pre", "blockquote", "hr"}
_VOID = {"br", "hr", "img", "input", "meta", "link", "area", "base", "col", "wbr", "embed"}
_HIDDEN = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all", re.I)
_OTHERS_MAIL = re.compile(
    r"""(?:class|id|name|data-marker)\s*=\s*["']?[^"'>]*(?:gmail_quote|yahoo_quoted|protonmail_quote|tutanota_quote
    |moz-cite-prefix|moz-forward-container|OutlookMessageHeader|divRplyFwdMsg|appendonsend|stopSpelling
    |OLK_SRC_BODY_SECTION|reference-message|isForwardContent|replyforward|__DIVIDER__|zmail_extra|quoted-?text
    |js-readmsg|messageReplySection|ntmail_quote|front-quote|hs_reply|reply-?separator|ms-outlook-mobile-reference)
    |border-top:\s*solid\s+\#?(?:E1E1E1|B5C4DF)\s+1|border-top-color:\s*rgb\(229,\s*229,\s*229\)""",
    re.I | re.X,
)
"""Marks that mail programs set where somebody else's mail begins."""
_CITE = re.compile(r"cite|gmail_quote|quote|border-left", re.I)
_OUTLOOK_RULE = re.compile(r"tabindex\s*=\s*[\"']?-1|stopSpelling|__DIVIDER__", re.I)
_ANY_TAG = re.compile(r"<[a-zA-Z/!][^<>]*>")
_QUOTED_VALUE_TRIES = 6
_QUOTE_DEPTH = 20


class Tag:
    """One tag of a page: name in small letters, its attributes as written, opening or closing."""

    __slots__ = ("attributes", "closing", "end", "name", "start")

    def __init__(self, name: str, attributes: str, *, closing: bool, start: int, end: int) -> None:
        self.name, self.attributes, self.closing = name, attributes, closing
        self.start, self.end = start, end


def tags(page: str) -> "list[Tag]":
    """Tags of a page in order; comments, declarations, scripts and styles are passed over."""
    found: list[Tag] = []
    unclosed: set[str] = set()
    at, size = 0, len(page)
    while len(found) < limits.HTML_TAGS and (match := _TAG.search(page, at)):
        start = match.start()
        if match[1]:
            stop = page.find("-->", match.end())
            at = size if stop < 0 else stop + 3
            found.append(Tag("!", "", closing=False, start=start, end=at))
            continue
        end = _tag_end(page, match.end())
        if end == 0:
            break
        if match[4]:
            found.append(Tag("!", "", closing=False, start=start, end=end))
            at = end
            continue
        name = match[3].lower()
        attributes = page[match.end() : end - 1]
        if name in _SWALLOWED and not match[2] and name not in unclosed:
            closed = _element_end(page, name, end)
            if closed == end:
                unclosed.add(name)
            name, end = "!", closed
        found.append(Tag(name, attributes, closing=bool(match[2]), start=start, end=end))
        at = end
    return found


def _tag_end(page: str, at: int) -> int:
    """After the ``>`` that ends a tag; one inside a quoted value does not count. 0 without any."""
    stop = at
    for _ in range(_QUOTED_VALUE_TRIES):
        stop = page.find(">", stop)
        if stop < 0:
            break
        stop += 1
        if stop - at < 4000 and page.count('"', at, stop) % 2 == 0:
            return stop
    return page.find(">", at) + 1


def _element_end(page: str, name: str, at: int) -> int:
    """After the closing tag of a swallowed element; without one, only the tag is swallowed."""
    found = re.compile(rf"</{name}\s*>", re.I).search(page, at)
    if found:
        return found.end()
    if name == "head" and (body := re.compile(r"<body\b", re.I).search(page, at)):
        return body.start()
    return at if name in ("head", "title", "object", "svg") else len(page)


def _is_cited(tag: Tag) -> bool:
    return bool(_CITE.search(tag.attributes))


class _Writer:
    """Text put together line by line, with quoting marks and preformatted stretches."""

    def __init__(self) -> None:
        self.out: list[str] = []
        self.line: list[str] = []
        self.quotes = 0
        self.cited: list[int] = []
        self.pre = 0

    def text(self, raw: str) -> None:
        text = html.unescape(raw) if "&" in raw else raw
        if not self.pre:
            text = _SPACES.sub(" ", text)
            if text == " " and not self.line:
                return
            self.line.append(text)
            return
        first, *others = text.replace("\r", "").split("\n")
        self.line.append(first)
        for other in others:
            self.newline()
            self.line.append(other)

    def newline(self) -> None:
        text = "".join(self.line)
        text = text.rstrip() if self.pre else _SPACES.sub(" ", text).strip()
        self.out.append("> " * self.quotes + text if self.quotes else text)
        self.line = []

    def quote(self, tag: Tag, *, cited_only: bool) -> None:
        """Deeper or shallower quoting; indented blocks are told from cited ones on request."""
        if tag.closing:
            self.quotes -= self.cited.pop() if self.cited else 0
            return
        step = int(len(self.cited) < _QUOTE_DEPTH and (not cited_only or _is_cited(tag)))
        self.cited.append(step)
        self.quotes += step

    def block(self, *, spaced: bool) -> None:
        if "".join(self.line).strip():
            self.newline()
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
    for tag in tags(page):
        if hidden:
            if tag.name == hidden:
                depth += -1 if tag.closing else 1
                hidden = hidden if depth else ""
            at = tag.end
            continue
        if tag.start > at:
            writer.text(page[at : tag.start])
        at = tag.end
        if tag.name in ("div", "span", "p", "td") and hide and not tag.closing and _is_hidden(tag):
            hidden, depth = tag.name, 1
        else:
            if cut and not tag.closing and tag.attributes and _opens_other(tag):
                writer.block(spaced=False)
                writer.out.append(cut)
            _write_tag(writer, tag, cited_only=bool(cut))
    if hidden:
        return to_text(page, cut=cut, hide=False)
    if at < len(page):
        rest = page[at:]
        writer.text(rest if "<" not in rest else _ANY_TAG.sub(" ", rest))
    writer.newline()
    text = _TRAILING.sub("\n", "\n".join(writer.out))
    return _BLANKS.sub("\n\n", text).strip("\n")


def _is_hidden(tag: Tag) -> bool:
    return "none" in tag.attributes and bool(_HIDDEN.search(tag.attributes))


def _opens_other(tag: Tag) -> bool:
    if tag.name == "hr":
        return bool(_OUTLOOK_RULE.search(tag.attributes))
    return tag.name != "blockquote" and bool(_OTHERS_MAIL.search(tag.attributes))


def _write_tag(writer: _Writer, tag: Tag, *, cited_only: bool) -> None:
    name = tag.name
    if name == "br":
        writer.newline()
    elif name == "p" or name in _BLOCKS:
        if name == "blockquote" and tag.closing:
            writer.block(spaced=False)
            writer.quote(tag, cited_only=cited_only)
        writer.block(spaced=name in _SPACED)
        if name == "blockquote" and not tag.closing:
            writer.quote(tag, cited_only=cited_only)
        elif name == "pre":
            writer.pre = max(0, writer.pre + (-1 if tag.closing else 1))
        elif name == "li" and not tag.closing:
            writer.line.append("- ")
        elif name == "hr":
            writer.out.append("-" * 20)
    elif name in ("td", "th"):
        writer.line.append(" ")


def from_text(text: str) -> str:
    """A plain text as a piece of HTML that keeps its lines."""
    return f'<div style="white-space: pre-wrap">{html.escape(text, quote=False)}</div>'
