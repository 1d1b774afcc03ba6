"""One line a case, as the lists show it; made in Python because a page has fifty of them."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from markupsafe import Markup, escape

from heliodesk.cases.queries import Row
from heliodesk.cases.rules import Stage
from heliodesk.cases.search import Found
from heliodesk.web import dates, marks, snippets
from heliodesk.web.translation import translated as _


def lines(rows: Iterable[Row], now: datetime) -> Markup:
    """These cases, one below the other."""
    note = escape(_("Note:"))
    return Markup("\n".join(_line(row, now, note) for row in rows))  # noqa: S704 (escaped below)


def _line(row: Row, now: datetime, note: Markup) -> str:
    ref = row.ref
    said = ""
    if row.preview:
        said = f"{note + ' ' if row.direction == 'note' else ''}{escape(row.preview)}"
    return (
        f'<a class="qrow{" is-unread" if row.waits else ""}" href="/cases/{ref}/"'
        f' id="case-{row.id}" data-version="{row.version}">{marks.prio(row.priority)}'
        f'<span class="ref">{marks.spoken(ref)}</span>'
        f'<span class="qsubj">{marks.how(row.channel)}<b>{escape(row.title)}</b>'
        f'<span class="snip">{said}</span></span>'
        f'<span class="qacct"><span>{escape(row.account)}</span>'
        f"<small>{escape(row.contact or '')}</small></span>"
        f"{marks.package(row.package)}{marks.state(row.state)}"
        f"{marks.avatar(row.owner, 'sm', title=True)}"
        f'<span class="qdue">{_due(row, now)}'
        f"<small>{dates.opened(row.opened_at, now)}</small></span></a>"
    )


def _due(row: Row, now: datetime) -> Markup:
    """When the next promise falls due, and whether that is soon."""
    soon = row.urgency // 20 == Stage.WARNED
    return marks.due(row.due_at, row.last_activity_at, now, soon=soon)


def found_lines(found: Iterable[Found], words: Sequence[str], now: datetime) -> Markup:
    """What a search found, with the words marked."""
    return Markup("\n".join(_found(one, words, now) for one in found))  # noqa: S704 (escaped)


def _found(one: Found, words: Sequence[str], now: datetime) -> str:
    files = "".join(
        f'<span class="found__file">{marks.icon("clip")}{name}</span>'
        for name in snippets.names(one.files, words)
    )
    return (
        f'<a class="qrow qrow--found" href="/cases/{one.ref}/" id="case-{one.id}">'
        f'{marks.prio(one.priority)}<span class="ref">{marks.spoken(one.ref)}</span>'
        f'<span class="qsubj"><b>{snippets.marked(one.title, words)}</b>'
        f'<span class="snip">{files}{snippets.around(one.text or "", words)}</span></span>'
        f'<span class="qacct"><span>{escape(one.account)}</span>'
        f"<small>{escape(one.contact or '')}</small></span>"
        f"{marks.package(one.package)}{marks.state(one.state)}"
        f"{marks.avatar(one.owner, 'sm', title=True)}"
        f'<span class="qdue"><span>{dates.ago(one.last_activity_at, now)}</span></span></a>'
    )
