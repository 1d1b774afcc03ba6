"""How one is reached: ways proven by a code, calendar feeds, one's own shifts."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from heliodesk.identity.rules import May
from heliodesk.kernel import clock
from heliodesk.oncall import ical, looking, queries
from heliodesk.oncall.actions import feeds, reaching
from heliodesk.oncall.models import ContactMethod
from heliodesk.oncall.rules.words import Channel, Refused
from heliodesk.oncall.senders.known import is_set
from heliodesk.oncall.senders.vapid import public_key
from heliodesk.web.access import PersonRequest, needs, public
from heliodesk.web.answer import page
from heliodesk.web.oncall.board import who
from heliodesk.web.told import tell

_BACK, _AHEAD = timedelta(days=31), timedelta(days=92)


@needs(May.WORK_CASES)
def show(request: PersonRequest) -> HttpResponse:
    """The page."""
    return _shown(request)


def _shown(
    request: PersonRequest, *, trouble: str = "", secret: str = "", status: int = 200
) -> HttpResponse:
    now = clock.now()
    return page(
        request,
        "oncall/me.html",
        status=status,
        area="oncall",
        trouble=trouble,
        reached_by=[(way, _address(way)) for way in looking.ways_of(request.person.id)],
        pages=looking.last_pages(request.person.id),
        feeds=looking.feeds_of(request.person.id),
        secret=secret,
        shifts=queries.shifts_of(request.person.id, now, 12),
        regions=looking.regions(),
        usable={kind.value: settings.PAGING == "capture" or is_set(kind) for kind in Channel},
        captured=settings.PAGING == "capture",
        push_key=public_key(),
        given=request.POST,
    )


def _address(way: ContactMethod) -> str:
    """A way's address as its owner may read it; secrets of chat addresses are left out."""
    if way.kind == Channel.PUSH:
        return urlsplit(str(json.loads(way.address)["endpoint"])).netloc
    if way.kind == Channel.CHAT:
        return way.address.partition("://")[0] + "://…"
    return way.address


def _done(request: PersonRequest, act: Callable[[datetime], object], said: str) -> HttpResponse:
    try:
        act(clock.now())
    except Refused as refused:
        return _shown(request, trouble=str(refused), status=409)
    tell(request, said)
    return redirect("oncall_me")


@needs(May.WORK_CASES)
@require_POST
def add(request: PersonRequest) -> HttpResponse:
    """Another way."""
    given = request.POST
    try:
        kind = Channel(given.get("kind", ""))
    except ValueError:
        return _shown(request, trouble=_("Choose how you are to be reached."), status=409)
    return _done(
        request,
        lambda at: reaching.add_way(
            kind=kind, address=given.get("address", ""), label=given.get("label", ""),
            by=request.person.by, at=at,
        ),
        _("A code is on its way. Type it in to prove that this reaches you."),
    )  # fmt: skip


def _mine(request: PersonRequest, way_id: int) -> ContactMethod:
    way = looking.way_of(request.person.id, way_id)
    if way is None:
        raise Http404
    return way


@needs(May.WORK_CASES)
@require_POST
def change(request: PersonRequest, way_id: int, what: str) -> HttpResponse:
    """Prove a way by its code, send another, try it, or take it away."""
    way, by = _mine(request, way_id), request.person.by
    code = request.POST.get("code", "")
    acts: dict[str, tuple[Callable[[datetime], object], str]] = {
        "verify": (
            lambda at: reaching.verify(way, code=code, by=by, at=at),
            _("Proven. Pages reach you here from now on."),
        ),
        "code": (
            lambda at: reaching.send_code(way, by=by, at=at),
            _("Another code is on its way."),
        ),
        "try": (lambda at: reaching.try_way(way, by=by, at=at), _("A test page is on its way.")),
        "remove": (lambda at: reaching.remove_way(way, by=by, at=at), _("Removed.")),
    }
    if what not in acts:
        raise Http404
    return _done(request, *acts[what])


@needs(May.WORK_CASES)
@require_POST
def open_feed(request: PersonRequest) -> HttpResponse:
    """A new calendar feed; its address is shown this once."""
    scope = request.POST.get("scope", "mine")
    try:
        _row, token = feeds.open_feed(scope=scope, by=request.person.by, at=clock.now())
    except Refused as refused:
        return _shown(request, trouble=str(refused), status=409)
    return _shown(request, secret=f"{settings.BASE_URL}/on-call/feed/{token}.ics")


@needs(May.WORK_CASES)
@require_POST
def end_feed(request: PersonRequest, feed_id: int) -> HttpResponse:
    """A feed shows nothing any more."""
    return _done(
        request,
        lambda at: feeds.end_feed(feed_id, by=request.person.by, at=at),
        _("That address shows nothing any more."),
    )


@public
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """Shifts for a calendar program, under a secret address."""
    now = clock.now()
    found = feeds.read_feed(token, at=now)
    if found is None:
        raise Http404
    rows = queries.between(now - _BACK, now + _AHEAD)
    if found.scope == "mine":
        rows = [row for row in rows if row.person_id == found.person_id]
    elif found.scope != "all":
        rows = [row for row in rows if row.region in {found.scope, ""}]
    host = urlsplit(settings.BASE_URL).hostname or "desk"
    name = {"mine": "My on-call shifts", "all": "On call"}.get(found.scope, found.scope)
    body = ical.feed(rows, name=name, own=found.scope == "mine", host=host, at=now)
    answer = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    answer["Cache-Control"] = "private, max-age=300"
    return answer


@public
def feed_json(request: HttpRequest, token: str) -> HttpResponse:
    """Who is on call, for programs that hold a feed's token."""
    if feeds.read_feed(token, at=clock.now()) is None:
        raise Http404
    return JsonResponse(who(request.GET.get("at", ""), request.GET.get("region", "")))
