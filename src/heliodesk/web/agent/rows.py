"""One line a case, as the lists show it; made in Python because a page has fifty of them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext_noop as N_
from markupsafe import Markup, escape

from heliodesk.cases import fields
from heliodesk.cases.filters import FIELD
from heliodesk.cases.queries import Row
from heliodesk.cases.rules import Stage
from heliodesk.cases.search import Found
from heliodesk.web import dates, marks, snippets, words
from heliodesk.web.translation import translated as _

Lines = Callable[[Iterable[Row], datetime], Markup]


def lines(rows: Iterable[Row], now: datetime) -> Markup:
    """These cases, one below the other."""
    note = escape(_("Note:"))
    select = escape(_("Select"))
    return Markup("\n".join(_line(row, now, note, select) for row in rows))  # noqa: S704 (escaped)


def lines_in(columns: Sequence[str], known: Mapping[int, Mapping[str, str]]) -> Lines:
    """What makes lines in these columns; without any, in those that every list has.

    Args:
        known: what each case holds of the fields of administrators, by the field's code.
    """
    if not columns:
        return lines
    cells = [(name.replace(":", "-"), _cell(name, known)) for name in columns]

    def made(rows: Iterable[Row], now: datetime) -> Markup:
        select = escape(_("Select"))
        return Markup("\n".join(_free(row, now, cells, select) for row in rows))  # noqa: S704 (escaped)

    return made


def _begin(row: Row, select: str, more: str = "") -> str:
    return (
        f'<div class="qline"><input class="qpick" type="checkbox" form="bulk" name="case"'
        f' value="{row.id}" aria-label="{select} {marks.spoken(row.ref)}">'
        f'<a class="qrow{" is-unread" if row.waits else ""}{more}" href="/cases/{row.ref}/"'
        f' id="case-{row.id}" data-version="{row.version}">'
    )


def _line(row: Row, now: datetime, note: Markup, select: str) -> str:
    return (
        f"{_begin(row, select)}{marks.prio(row.priority)}"
        f'<span class="ref">{marks.spoken(row.ref)}</span>'
        f'<span class="qsubj">{marks.how(row.channel)}<b>{escape(row.title)}</b>'
        f"{marks.tags(row.tags) if row.tags else ''}"
        f'<span class="snip">{_said(row, note)}</span></span>'
        f'<span class="qacct"><span>{escape(row.account)}</span>'
        f"<small>{escape(row.contact or '')}</small></span>"
        f"{marks.package(row.package)}{marks.state(row.state)}"
        f"{marks.avatar(row.owner, 'sm', title=True)}"
        f'<span class="qdue">{_due(row, now)}'
        f"<small>{dates.opened(row.opened_at, now)}</small></span></a></div>"
    )


def _said(row: Row, note: Markup) -> str:
    """The first of the last words."""
    if not row.preview:
        return ""
    return f"{note + ' ' if row.direction == 'note' else ''}{escape(row.preview)}"


Cell = Callable[[Row, datetime], object]


def _free(row: Row, now: datetime, cells: Sequence[tuple[str, Cell]], select: str) -> str:
    """A line of chosen columns."""
    made = "".join(
        f'<span class="qc qc--{"field" if name.startswith("field-") else name}">'
        f"{escape(cell(row, now))}</span>"
        for name, cell in cells
    )
    return f"{_begin(row, select, ' qrow--own')}{made}</a></div>"


def _cell(name: str, known: Mapping[int, Mapping[str, str]]) -> Cell:
    """What makes the cells of a column."""
    if name.startswith(FIELD):
        code = name.removeprefix(FIELD)
        return lambda row, now: known.get(row.id, {}).get(code, "")
    return _CELLS[name]


def _title(row: Row, _now: datetime) -> Markup:
    said = _said(row, escape(_("Note:")))
    return Markup(f'<b>{escape(row.title)}</b><span class="snip">{said}</span>')  # noqa: S704 (escaped)


def _account(row: Row, _now: datetime) -> Markup:
    contact = escape(row.contact or "")
    return Markup(f"<span>{escape(row.account)}</span><small>{contact}</small>")  # noqa: S704 (escaped)


def _owner(row: Row, _now: datetime) -> Markup:
    name = escape(row.owner or _("Nobody"))
    return Markup(f"{marks.avatar(row.owner, 'sm')}<span>{name}</span>")  # noqa: S704 (escaped)


_CELLS: Mapping[str, Cell] = {
    "priority": lambda row, now: marks.prio(row.priority),
    "ref": lambda row, now: marks.spoken(row.ref),
    "title": _title,
    "tags": lambda row, now: marks.tags(row.tags),
    "account": _account,
    "package": lambda row, now: marks.package(row.package),
    "state": lambda row, now: marks.state(row.state),
    "owner": _owner,
    "due": lambda row, now: _due(row, now),
    "opened": lambda row, now: dates.ago(row.opened_at, now),
    "activity": lambda row, now: dates.ago(row.last_activity_at, now),
    "queue": lambda row, now: row.queue,
    "region": lambda row, now: row.region,
    "kind": lambda row, now: words.kind(row.kind),
    "channel": lambda row, now: marks.how(row.channel) + words.channel(row.channel).word,
}


_COLUMNS = {
    "priority": N_("Priority"),
    "ref": N_("Reference"),
    "title": N_("Title and last words"),
    "tags": N_("Tags"),
    "account": N_("Account and contact"),
    "package": N_("Package"),
    "state": N_("State"),
    "owner": N_("Owner"),
    "due": N_("Due"),
    "opened": N_("Opened"),
    "activity": N_("Last active"),
    "queue": N_("Queue"),
    "region": N_("Region"),
    "kind": N_("Kind"),
    "channel": N_("Channel"),
}


def offered_columns(chosen: Sequence[str]) -> list[tuple[str, str, bool]]:
    """Every column with its words and whether it is chosen; those that are, in their order."""
    known = {name: _(label) for name, label in _COLUMNS.items()}
    known |= {FIELD + field.code: field.label for field in fields.fields()}
    first = [name for name in chosen if name in known]
    rest = [name for name in known if name not in first]
    return [(name, known[name], name in first) for name in (*first, *rest)]


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
