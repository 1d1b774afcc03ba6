"""Small marks: each is a word or a figure, and a shape that helps it. Made once, used often."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import lru_cache

from markupsafe import Markup, escape

from heliodesk.cases import tags as cases_tags
from heliodesk.kernel import references
from heliodesk.web import badges, dates, words
from heliodesk.web.translation import language
from heliodesk.web.translation import translated as _

_KEPT = 20_000


@lru_cache(maxsize=256)
def icon(name: str, size: str = "") -> Markup:
    """An icon of the sprite; beside a word, so hidden from readers."""
    return Markup(
        '<svg class="icon{1}" viewBox="0 0 16 16" aria-hidden="true"><use href="#i-{0}"/></svg>'
    ).format(name, f" icon--{size}" if size else "")


@lru_cache(maxsize=1)
def logo() -> Markup:
    """The desk's sun."""
    return Markup(
        '<svg viewBox="0 0 24 24" aria-hidden="true">'
        '<rect width="24" height="24" rx="6.5" fill="oklch(0.27 0.05 266)"/>'
        '<path d="M6.2 15.6a5.8 5.8 0 0 1 11.6 0z" fill="oklch(0.82 0.155 75)"/>'
        '<path d="M4.8 18.6h14.4M12 4.6v1.9M5.9 7.1l1.3 1.3M18.1 7.1l-1.3 1.3" '
        'stroke="oklch(0.82 0.155 75)" stroke-width="1.6" stroke-linecap="round"/></svg>'
    )


def prio(code: str, *, word: bool = False) -> Markup:
    """A priority: always its letter and figure, its word too or on asking."""
    return _prio(code, word, language())


@lru_cache(maxsize=64)
def _prio(code: str, word: bool, _language: str) -> Markup:  # noqa: FBT001 (one of few arguments, called by place)
    said = words.priority(code)
    if word:
        return Markup('<span class="prio" data-p="{1}">{0} {2}</span>').format(code, code[1:], said)
    return Markup('<span class="prio" data-p="{1}" title="{0} {2}">{0}</span>').format(
        code, code[1:], said
    )


def state(code: str, *, pill: bool = False) -> Markup:
    """A case state: a ring that fills, and its word."""
    return _state(code, pill, language())


@lru_cache(maxsize=64)
def _state(code: str, pill: bool, _language: str) -> Markup:  # noqa: FBT001 (one of few arguments, called by place)
    shown = words.state(code)
    return Markup('<span class="state{3}" data-tone="{0}">{1}{2}</span>').format(
        shown.tone, icon(shown.icon), shown.word, " state--pill" if pill else ""
    )


def package(code: str, *, plain: bool = False) -> Markup:
    """A package: bars that count its rank, and its name."""
    return _package(badges.package(code), plain)


@lru_cache(maxsize=256)
def _package(shown: badges.Package, plain: bool) -> Markup:  # noqa: FBT001 (one of few arguments, called by place)
    bars = _bars(shown.rank, shown.ranks) if shown.ranks else ""
    return Markup('<span class="pkg{3}" data-tone="{0}">{1}{2}</span>').format(
        shown.tone, bars, shown.name, " pkg--plain" if plain else ""
    )


def _bars(rank: int, ranks: int) -> Markup:
    step = 6 / max(ranks - 1, 1)
    bars = Markup("").join(
        Markup('<rect x="{0}" y="{1:.3g}" width="2.5" height="{2:.3g}" rx=".6"{3}/>').format(
            n * 3.5, 6 - n * step, 3 + n * step, Markup(' class="off"') if n >= rank else ""
        )
        for n in range(ranks)
    )
    return Markup('<svg viewBox="0 0 {0} 9" aria-hidden="true">{1}</svg>').format(
        ranks * 3.5 - 1, bars
    )


def avatar(name: str | None, size: str = "", *, org: bool = False, title: bool = False) -> Markup:
    """Somebody's initials; a dashed ring for nobody."""
    return _avatar(name, size, org, title, "" if name else language())


@lru_cache(maxsize=_KEPT)
def _avatar(
    name: str | None,
    size: str,
    org: bool,  # noqa: FBT001 (one of few arguments, called by place)
    title: bool,  # noqa: FBT001 (one of few arguments, called by place)
    _language: str,
) -> Markup:
    classes = "avatar" + (f" avatar--{size}" if size else "") + (" avatar--org" if org else "")
    if not name:
        return Markup('<span class="{0} avatar--none" title="{1}">{2}</span>').format(
            classes, _("Unassigned"), icon("user")
        )
    said = Markup('title="{0}"').format(name) if title else Markup('aria-hidden="true"')
    return Markup('<span class="{0}" data-a="{1}" {2}>{3}</span>').format(
        classes, badges.hue(name), said, badges.initials(name)
    )


def tags(ids: Sequence[int], most: int = 3) -> Markup:
    """The tags of a case; those beyond ``most`` are counted."""
    known = cases_tags.of(ids)
    shown = [
        Markup('<span class="tag tag--hue" data-hue="{0}">{1}</span>').format(tag.hue, tag.name)
        for tag in known[:most]
    ]
    if len(known) > most:
        rest = ", ".join(tag.name for tag in known[most:])
        shown.append(
            Markup('<span class="tag" title="{0}">+{1}</span>').format(rest, len(known) - most)
        )
    return Markup('<span class="tags">{0}</span>').format(Markup("").join(shown))


@lru_cache(maxsize=_KEPT)
def spoken(ref: str) -> str:
    """A reference in groups of four."""
    return references.spoken(ref)


def how(channel: str) -> Markup:
    """The icon of how something reached us."""
    return icon(words.channel(channel).icon)


def due(at: datetime, last: datetime, now: datetime, *, soon: bool = False) -> Markup:
    """When the next promise falls due; where none runs, when something last happened."""
    if dates.is_never(at):
        return _clock("", dates.ago(last, now))
    kind = "late" if at < now else "soon" if soon else "ok"
    left = _ring(at, now)
    # Its own words and no text of others: nothing to escape.
    return Markup(  # noqa: S704 (escaped)
        f'<span class="clock" data-clock="{kind}" data-left="{left}" data-due="{dates.iso(at)}">'
        f"{dates.due(at, now)}</span>"
    )


def _ring(at: datetime, now: datetime) -> int:
    """Eighths of the ring: one for each hour that is left, or begun."""
    return max(0, min(8, -int((now - at).total_seconds() // 3600)))


@lru_cache(maxsize=8192)
def _clock(kind: str, said: str) -> Markup:
    if not kind:
        return Markup('<span class="clock clock--none">{0}</span>').format(said)
    return Markup('<span class="clock" data-clock="{0}">{1}</span>').format(kind, said)


def time(at: datetime, zone: str, now: datetime) -> Markup:
    """A moment as people say it, exact on asking."""
    today = now.astimezone(dates.zone(zone)).date()
    return _moment(int(at.timestamp()), zone, today, language())


@lru_cache(maxsize=_KEPT)
def _moment(second: int, zone: str, today: date, _language: str) -> Markup:
    at = datetime.fromtimestamp(second, UTC)
    return _time(dates.iso(at), dates.exact(at, zone), dates.when_by(at, zone, today))


def ago(at: datetime, zone: str, now: datetime) -> Markup:
    """How long since a moment, exact on asking."""
    return _time(dates.iso(at), dates.exact(at, zone), dates.ago(at, now))


def _time(iso: str, exact: str, said: str) -> Markup:
    return Markup(  # noqa: S704 (all three are escaped or digits)
        f'<time datetime="{iso}" title="{escape(exact)}">{escape(said)}</time>'
    )
