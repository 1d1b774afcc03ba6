"""Views that people make: listed, shown, built, shared, copied, deleted and brought back."""

import base64
import binascii
import json
import secrets
import zlib

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as translated
from django.views.decorators.http import require_POST

from heliodesk.cases import filters, views
from heliodesk.cases.actions import viewing
from heliodesk.cases.filters import Plan
from heliodesk.cases.models import SavedView
from heliodesk.cases.queries import Row
from heliodesk.cases.rules import Refused
from heliodesk.cases.views import Saved
from heliodesk.identity import queries as identity
from heliodesk.identity.person import Person
from heliodesk.identity.rules import May
from heliodesk.kernel import clock
from heliodesk.web import keyset, rail
from heliodesk.web.access import PersonRequest, needs
from heliodesk.web.agent import conditions, lists, queue, rows
from heliodesk.web.agent.lists import Listing
from heliodesk.web.agent.queue import TITLES
from heliodesk.web.answer import page
from heliodesk.web.back import back_to
from heliodesk.web.told import tell

#: A filter in an address is no longer than this.
_LONGEST = 6000
#: Cases that a preview shows.
_PREVIEW = 5


def packed(plan: Plan) -> str:
    """A filter as it stands in an address."""
    text = json.dumps([plan.scope, filters.written(plan)], separators=(",", ":"))
    return base64.urlsafe_b64encode(zlib.compress(text.encode())).decode().rstrip("=")


def unpacked(word: str) -> Plan:
    """The filter of an address; what was tampered with is no address."""
    try:
        raw = base64.urlsafe_b64decode(word[:_LONGEST] + "=" * (-len(word) % 4))
        text = zlib.decompressobj().decompress(raw, 64 * 1024)
        scope, groups = json.loads(text)
    except (ValueError, binascii.Error, zlib.error) as error:
        raise Http404 from error
    plan = filters.read(str(scope), groups)
    if filters.faults(plan, views.field_comparisons()):
        raise Http404
    return plan


@needs(May.WORK_CASES)
def everything(request: PersonRequest) -> HttpResponse:
    """The views that this person sees; one that was just deleted can be brought back."""
    gone = request.GET.get("deleted", "")
    return page(
        request,
        "agent/views/list.html",
        area="views",
        views=views.seen_by(request.person),
        most_pinned=views.MOST_PINNED,
        deleted=views.find(request.person, int(gone), deleted=True) if _is_id(gone) else None,
    )


def of_view(saved: Saved) -> Listing:
    """The list of a view."""
    return Listing(saved.list, saved.name, f"/views/{saved.id}/", None, saved.plan, saved)


def of_filter(word: str) -> Listing:
    """The list of a filter that stands in an address."""
    plan = unpacked(word)
    return Listing("filter", translated("Filter"), "/views/filter/", None, plan, None, word)


@needs(May.WORK_CASES)
def show(request: PersonRequest, id: int) -> HttpResponse:
    """The cases of a view."""
    saved = views.find(request.person, id)
    return _list(request, of_view(saved), editable=saved.may_edit(request.person))


@needs(May.WORK_CASES)
def filtered(request: PersonRequest) -> HttpResponse:
    """The cases of a filter; a POST of the form leads to its address."""
    if request.method == "POST":
        known = conditions.choices()
        plan = conditions.meant(conditions.completed(conditions.read(request.POST), known))
        if trouble := conditions.fault_words(plan, known):
            return _build(request, None, request.POST, trouble=" ".join(trouble))
        return redirect(keyset.address("/views/filter/", f=packed(plan)))
    return _list(request, of_filter(request.GET.get("f", "")), editable=False)


def _list(request: PersonRequest, listing: Listing, *, editable: bool) -> HttpResponse:
    said = conditions.said(listing.plan, conditions.choices())
    return lists.show(
        request,
        listing,
        titles=TITLES,
        said=said,
        scope=conditions.SCOPES[filters.Scope(listing.plan.scope)],
        editable=editable,
    )


@needs(May.WORK_CASES)
def count(request: PersonRequest) -> HttpResponse:
    """How many cases a view or filter holds, as a few words."""
    asked = request.GET.get("v", "")
    listing = (
        of_view(views.find(request.person, int(asked)))
        if _is_id(asked)
        else of_filter(request.GET.get("f", ""))
    )
    try:
        view = listing.view(request.person, "", clock.now())
        words = views.said(views.count(request.person, view))
    except Refused:
        words = ""
    return HttpResponse(words, content_type="text/plain")


@needs(May.WORK_CASES)
def new(request: PersonRequest) -> HttpResponse:
    """A view that does not exist yet; begun from a queue, a filter or another view."""
    return _build(request, None, request.POST)


@needs(May.WORK_CASES)
def edit(request: PersonRequest, id: int) -> HttpResponse:
    """A view, to be changed."""
    saved = views.find(request.person, id)
    if not saved.may_edit(request.person):
        raise Http404
    return _build(request, saved, request.POST)


def _build(
    request: PersonRequest, saved: Saved | None, given: QueryDict, *, trouble: str = ""
) -> HttpResponse:
    """The form; save what was sent, or show it with a line more or less."""
    known = conditions.choices()
    plan = _begun(request, saved)
    if request.method == "POST":
        plan = conditions.edited(conditions.read(given), given.get("do", ""))
        plan = conditions.completed(plan, known)
        if given.get("do") == "save" and not trouble:
            try:
                return _saved(request, saved, conditions.meant(plan), known)
            except Refused as refusal:
                trouble = str(refusal)
    words = given if request.method == "POST" else _words(saved)
    return page(
        request,
        "agent/views/build.html",
        status=409 if trouble else 200,
        block=_part(request),
        area=saved.list if saved else "views",
        saved=saved,
        given=words,
        plan=conditions.completed(plan, known),
        known=known,
        scopes=conditions.SCOPES,
        orders=[(by, translated(conditions.ORDERS[by])) for by in _orders(plan)],
        matches=conditions.MATCHES,
        units=conditions.UNITS,
        teams=_teams(request.person),
        trouble=trouble,
    )


def _part(request: PersonRequest) -> str:
    """What htmx asked for: the form anew, or all of it to open over a list."""
    if not request.headers.get("HX-Request"):
        return ""
    return "builder" if request.method == "POST" else "panel"


def _orders(plan: Plan) -> tuple[str, ...]:
    return views.ORDERS.get(plan.scope, views.ORDERS["open"])


def _teams(person: Person) -> list[tuple[int, str]]:
    """The teams that this person is in."""
    return [
        (team.pk, team.name)
        for team in identity.all_teams()
        if any(member.pk == person.id for member in team.members.all())
    ]


def _begun(request: PersonRequest, saved: Saved | None) -> Plan:
    """What the form begins with."""
    if saved:
        return saved.plan
    if word := request.GET.get("f", ""):
        return unpacked(word)
    return conditions.QUEUES.get(request.GET.get("queue", ""), Plan())


def _words(saved: Saved | None) -> dict[str, str]:
    if saved is None:
        return {"order": "due", "shared": "own"}
    return {
        "name": saved.name,
        "order": saved.order,
        "shared": saved.shared,
        "team": str(saved.team_id or ""),
    }


def _saved(
    request: PersonRequest, saved: Saved | None, plan: Plan, known: conditions.Choices
) -> HttpResponse:
    """Keep it, and go to its list.

    Raises:
        Refused: it cannot be used like this.
    """
    if wrong := conditions.fault_words(plan, known):
        raise Refused(" ".join(wrong))
    given = request.POST
    row = viewing.save_view(
        views.record(saved.id) if saved else None,
        name=given.get("name", ""),
        plan=plan,
        order=given.get("order", ""),
        columns=saved.columns if saved else (),
        shared=given.get("shared", "own"),
        team_id=int(given["team"]) if _is_id(given.get("team", "")) else None,
        person=request.person,
        at=clock.now(),
    )
    if given.get("pin"):
        viewing.pin_view(row.pk, person=request.person)
    tell(request, translated("The view is saved."))
    return _changed(_gone_to(request, f"/views/{row.pk}/"))


def _changed(answer: HttpResponse) -> HttpResponse:
    """Let the rail be looked at anew, in this process and in the others."""
    rail.forget()
    answer.set_cookie(
        rail.CHANGED, "1", max_age=rail.CHANGED_SECONDS, httponly=True, samesite="Lax"
    )
    return answer


def _gone_to(request: PersonRequest, path: str) -> HttpResponse:
    """To another page, also when htmx asked."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": path})
    return redirect(path)


@needs(May.WORK_CASES)
@require_POST
def preview(request: PersonRequest) -> HttpResponse:
    """What the form would hold, as it stands."""
    known = conditions.choices()
    plan = conditions.meant(conditions.completed(conditions.read(request.POST), known))
    trouble, words = " ".join(conditions.fault_words(plan, known)), ""
    found: list[Row] = []
    if not trouble:
        try:
            view = views.listed(
                "filter", plan, request.POST.get("order", ""), request.person, clock.now()
            )
            found = views.page(request.person, view, size=_PREVIEW)[:_PREVIEW]
            words = views.said(views.count(request.person, view))
        except Refused as refusal:
            trouble = str(refusal)
    return page(
        request,
        "agent/views/preview.html",
        found=found,
        count=words,
        trouble=trouble,
    )


@needs(May.WORK_CASES)
@require_POST
def do(request: PersonRequest, id: int, verb: str) -> HttpResponse:
    """Copy a view, delete it, bring it back, pin or unpin it."""
    person, at = request.person, clock.now()
    saved = views.find(person, id, deleted=verb == "restore")
    if verb in {"delete", "restore"} and not saved.may_edit(person):
        raise Http404
    path = "/views/"
    if verb == "copy":
        path = f"/views/{_copied(saved, person).pk}/edit/"
        tell(request, translated("This is your copy; change what you like."))
    elif verb == "delete":
        viewing.drop_view(views.record(id), by=person.by, at=at)
        path = f"/views/?deleted={id}"
    elif verb == "restore":
        viewing.restore_view(views.record(id), by=person.by, at=at)
        tell(request, translated("The view is back."))
    elif verb == "pin":
        viewing.pin_view(id, person=person)
    elif verb == "unpin":
        viewing.unpin_view(id, person=person)
    else:
        raise Http404
    return _changed(redirect(path))


def _copied(saved: Saved, person: Person) -> SavedView:
    return viewing.save_view(
        None,
        name=translated("Copy of %(name)s") % {"name": saved.name},
        plan=saved.plan,
        order=saved.order,
        columns=saved.columns,
        person=person,
        at=clock.now(),
    )


@needs(May.WORK_CASES)
def columns(request: PersonRequest, code: str) -> HttpResponse:
    """Choose the columns and the order of a list; of a view of one's own, for everybody too."""
    listing = listing_of(request.person, code)
    if request.method == "POST":
        given = request.POST
        chosen = [] if given.get("do") == "reset" else given.getlist("column")
        order = "" if given.get("do") == "reset" else given.get("order", "")
        viewing.choose_columns(
            code,
            columns=chosen,
            order=order if order in listing.orders else "",
            person=request.person,
        )
        lists.forget()
        answer = redirect(back_to(given.get("back", ""), listing.path))
        answer.set_cookie(
            lists.COOKIE, secrets.token_hex(4), max_age=3600, httponly=True, samesite="Lax"
        )
        return answer
    chosen_now, saved = lists.taste(request, code), listing.saved
    shown = chosen_now.columns or (saved.columns if saved else [])
    return page(
        request,
        "agent/views/columns.html",
        block="form" if request.headers.get("HX-Request") else "",
        area=code,
        listing=listing,
        code=code,
        back=request.GET.get("back", listing.path),
        columns=rows.offered_columns(shown or list(views.DEFAULT)),
        orders=[(by, translated(conditions.ORDERS[by])) for by in listing.orders],
        order=chosen_now.order or (saved.order if saved else listing.orders[0]),
    )


def listing_of(person: Person, code: str, asked: str = "") -> Listing:
    """The list of a code: a queue, a view, or a filter with its conditions."""
    if code in TITLES:
        path = "/" if code == "needs_us" else f"/{code}/"
        return queue.listing(code, path)
    if code.startswith("v") and _is_id(code[1:]):
        return of_view(views.find(person, int(code[1:])))
    if code == "filter":
        return of_filter(asked) if asked else Listing("filter", translated("Filter"), "/views/")
    raise Http404


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 18
