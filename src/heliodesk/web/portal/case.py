"""One case as its customer sees it: what was said, what happened, and what can be done now."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_safe

from heliodesk.cases import front
from heliodesk.cases.access import Hidden
from heliodesk.cases.front import Head, Said
from heliodesk.channels import blobs
from heliodesk.channels.uploads import Kept
from heliodesk.kernel import clock
from heliodesk.sla.queries import of_case
from heliodesk.telephony.front import Called, calls_of
from heliodesk.web.portal import applies, choosing, counted, frame, known, times
from heliodesk.web.portal.door import CustomerRequest, signed_in
from heliodesk.web.portal.raising import guard
from heliodesk.web.told import tell
from heliodesk.web.translation import translated
from heliodesk.web.words import PICTURES

_LIVE = frozenset({"new", "assigned", "pending_customer", "pending_vendor", "resolved"})
#: Events that a customer reads between what was said, with their sentences.
_EVENTS = {
    "await_customer": ("s-customer", _("We wait for your answer.")),
    "resolve": ("okring", _("Marked as solved.")),
    "close": ("s-closed", _("Closed.")),
    "reopen": ("s-assigned", _("Opened again.")),
    "cancel": ("xring", _("Withdrawn.")),
    "revert": ("left", _("That was taken back: the case is as it was before.")),
}
_CHUNK = 2**16
#: How far a call may be from the message that tells of it.
_ONE_CALL = timedelta(minutes=3)


@dataclass(frozen=True)
class Line:
    """Something that happened, between messages."""

    at: datetime
    icon: str
    text: str


@dataclass(frozen=True)
class Step:
    """A step of the way from received to solved."""

    label: str
    state: str
    at: datetime | None


@require_safe
@signed_in
def show(request: CustomerRequest, ref: str) -> HttpResponseBase:
    """The page; a link to a case at another account of theirs leads there."""
    try:
        return answer(request, ref)
    except Hidden:
        place = choosing.place_of_case(request.customer, ref)
        if place is None:
            raise
    tell(request, translated(_("You act for %(account)s now."), account=place.name))
    return choosing.go(place, request.path)


def answer(
    request: CustomerRequest,
    ref: str,
    *,
    status: int = 200,
    trouble: str = "",
    text: str = "",
    page: str = "",
    files: list[Kept] | None = None,
    colleague: str = "",
    refused: str = "",
) -> HttpResponseBase:
    """The page of a case; with ``trouble`` it says what was not possible, and keeps the text.

    Args:
        colleague: whose address cannot be copied, because of ``refused``.
    """
    customer, now = request.customer, clock.now()
    head = front.head(customer, ref)
    if head.merged_into:
        return redirect(f"/support/cases/{head.merged_into}/")
    said = front.said(head.id)
    policy = applies.in_force()
    place = applies.place_of(policy, customer.place.region) if policy else None
    zone = customer.zone or (place.region.zone if place else "UTC")
    return frame.framed(
        request,
        "portal/case.html",
        area="cases",
        script="case",
        status=status,
        c=head,
        thread=woven(said, head.events, calls_of(head.id), customer.contact_id),
        steps=steps(head),
        zone=zone,
        numbers=applies.numbers_of(place.region) if place else (),
        counts=counted.shown(of_case(head.id, now), zone, now),
        live=head.state in _LIVE,
        incident=known.of_case(head.id, head.package, policy),
        can_solve=head.state in _LIVE,
        can_rate=head.state in {"closed", "resolved"},
        asked_by=_asked_by(said),
        trouble=trouble,
        text=text,
        files=files or [],
        colleague=colleague,
        refused=refused,
        page_key=page or guard.new_page(now),
        bits=guard.BITS,
        # Behind a proxy the stream is at the page's own host, whichever brand's that is.
        stream=settings.LIVE_URL.removeprefix(settings.BASE_URL),
        file_most=settings.WEB_FILE_MAX_BYTES,
    )


@require_safe
@signed_in
def news(request: CustomerRequest, ref: str) -> HttpResponse:
    """Whether the case changed since the page was made: its version, or 204 when it did not."""
    version = front.version(request.customer, ref)
    if request.GET.get("seen", "") == version:
        return HttpResponse(status=204)
    return HttpResponse(version, content_type="text/plain")


@require_safe
@signed_in
def file(request: CustomerRequest, attachment_id: int) -> HttpResponseBase:
    """A file of a message; only pictures are shown, everything else is only ever saved."""
    found = front.file(request.customer, attachment_id)
    shown = found.content_type in PICTURES
    with blobs.open(found.sha256) as stored:
        data = stored.read()
    response = StreamingHttpResponse(
        (data[i : i + _CHUNK] for i in range(0, len(data), _CHUNK)),
        content_type=found.content_type if shown else "application/octet-stream",
    )
    response["Content-Length"] = str(found.size)
    response["Content-Disposition"] = str(
        content_disposition_header(as_attachment=not shown, filename=found.name)
    )
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, max-age=3600"
    return response


def woven(
    said: list[Said], events: list[dict[str, Any]], calls: list[Called], reader: int
) -> list[Said | Line]:
    """What was said, on the telephone too, and what happened, in the order of time.

    A call with which nobody spoke, and which a message tells of, is not named twice.
    """
    lines = [Line(_at(event), *_worded(event)) for event in events if event["verb"] in _EVENTS]
    by_phone = [one.at for one in said if one.channel == "phone"]
    lines += [
        Line(call.at, "phone", _called(call, reader))
        for call in calls
        if call.talked or not any(abs(at - call.at) <= _ONE_CALL for at in by_phone)
    ]
    order: list[Said | Line] = sorted([*said, *lines], key=lambda one: one.at)
    return order


def _worded(event: dict[str, Any]) -> tuple[str, str]:
    icon, sentence = _EVENTS[event["verb"]]
    return icon, translated(sentence)


def _called(call: Called, reader: int) -> str:
    """A call in the words of whoever reads it."""
    spoke = {"agent": call.agent, "span": times.span(max(round(call.talked / 60), 1))}
    talked = bool(call.agent and call.talked)
    if call.contact_id == reader:
        if talked:
            return translated(_("You called and spoke with %(agent)s for %(span)s."), **spoke)
        return translated(_("You called."))
    if call.contact:
        named = {"name": call.contact}
        if talked:
            sentence = _("%(name)s called and spoke with %(agent)s for %(span)s.")
            return translated(sentence, **named, **spoke)
        return translated(_("%(name)s called."), **named)
    if talked:
        return translated(
            _("Somebody called about this case and spoke with %(agent)s for %(span)s."), **spoke
        )
    return translated(_("Somebody called about this case."))


def _at(event: dict[str, Any]) -> datetime:
    return datetime.fromtimestamp(event["at"], UTC)


def steps(head: Head) -> list[Step]:
    """The way: received, being worked on, waiting for you (while it is), solved. What was withdrawn
    before anybody began was never worked on."""
    begun = _reached(head, "assigned") or head.first_response_at
    withdrawn = head.state == "cancelled"
    ended = withdrawn or head.state == "closed"
    solved = head.state == "resolved"
    waiting = head.state == "pending_customer"
    working = head.state in {"assigned", "pending_vendor"}
    way = [
        Step(translated(_("Received")), "now" if head.state == "new" else "done", head.opened_at)
    ]
    if begun or not withdrawn:
        past = begun or ended or solved or waiting
        state = "now" if working else "done" if past else ""
        way.append(Step(translated(_("Being worked on")), state, begun))
    if waiting:
        way.append(Step(translated(_("Waiting for you")), "now", _last(head, "pending_customer")))
    last = _("Withdrawn") if withdrawn else _("Closed") if ended else _("Solved")
    over = _last(head, "cancelled") if withdrawn else head.closed_at or head.resolved_at
    way.append(Step(translated(last), "done" if ended else "now" if solved else "", over))
    return way


def _reached(head: Head, state: str) -> datetime | None:
    """When the case first came into a state."""
    return next((_at(event) for event in head.events if event["to"] == state), None)


def _last(head: Head, state: str) -> datetime | None:
    """When the case last came into a state."""
    return next((_at(event) for event in reversed(head.events) if event["to"] == state), None)


def _asked_by(said: list[Said]) -> str:
    """Who of ours spoke last, for the note that an answer is waited for."""
    ours = next((one for one in reversed(said) if one.direction == "out"), None)
    return ours.author if ours else ""
