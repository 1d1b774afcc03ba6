"""Get Support: what applies now, the numbers to call, and the form, for anybody (R69..R72)."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from heliodesk.customers.rules import pattern_in_words
from heliodesk.intake.queries import Receipt, receipt
from heliodesk.kernel import clock
from heliodesk.kernel.references import spoken
from heliodesk.web.access import public
from heliodesk.web.portal import applies, endpoint, frame, guidance, known, targets, zones
from heliodesk.web.portal.applies import Applies, Asker
from heliodesk.web.portal.brand import Brand
from heliodesk.web.portal.raising import asked, guard, sending
from heliodesk.web.portal.raising import given as givens
from heliodesk.web.portal.raising.given import Given
from heliodesk.web.portal.raising.sending import Attempt
from heliodesk.web.translation import translated

_SENT = "heliodesk.sent"
_SENT_SECONDS = 24 * 3600


@public
def get_support(request: HttpRequest) -> HttpResponseBase:
    """The page, and where its form is sent."""
    at = clock.now()
    policy = applies.in_force()
    if policy is None:
        return frame.framed(request, "portal/no_policy.html", area="raise", status=503)
    region, shown = endpoint.region_of(request, policy), endpoint.brand_of(request)
    if request.method == "POST":
        attempt = sending.send(request, customer=None, policy=policy, brand=shown, at=at)
        if attempt.done:
            return redirect(sent_address(attempt.key))
    else:
        start = Given(subject=request.GET.get("subject", "")[:200])
        attempt = Attempt(start, guard.new_page(at), status=200)
    now = applies.of(Asker(region=region, visitor=True), policy, at)
    return _page(request, now, shown, attempt)


def _page(request: HttpRequest, now: Applies, shown: Brand, attempt: Attempt) -> HttpResponse:
    return frame.framed(
        request,
        "portal/get_support.html",
        area="raise",
        brand=shown,
        script="raise",
        status=attempt.status,
        **form_context(now, attempt),
    )


def form_context(now: Applies, attempt: Attempt) -> Mapping[str, Any]:
    """What the form's template needs, of visitors and of contacts alike."""
    return {
        "applies": now,
        "known": known.of_region(now.region.code),
        "given": attempt.given,
        "troubles": attempt.given.troubles,
        "trouble": attempt.trouble,
        "files": attempt.files,
        "page_key": attempt.page,
        "bits": guard.BITS,
        "trap": guard.TRAP,
        "limit": givens.limit(now.policy),
        "zones": zones.offered(now.policy),
        "regions": list(now.policy.pack.regions.values()),
        "severity": attempt.given.severity,
        "targets": targets.sentences(now, clock.now()),
        "criteria": [translated(label) for label in now.policy.pack.p1_criteria.values()],
        "kinds": givens.kinds(now.policy),
        "own_kinds": givens.own_kinds(now.policy),
        "asked": asked.everything(),
        "guidance": guidance.steps(now),
        "where_to_find": translated(now.policy.pack.identifier.where_to_find),
        "id_shows_reference": settings.WEB_FORM_SHOWS_REFERENCE == "identified",
        "id_pattern": pattern_in_words(now.policy.pack.identifier.pattern),
        "file_most": settings.WEB_FILE_MAX_BYTES,
        "p1_change": targets.p1_change(now, clock.now()),
    }


def sent_address(key: str, name: str = "sent") -> str:
    """Where the sender of a form reads what became of it."""
    return reverse(name, args=[signing.dumps(key, salt=_SENT)])


def key_of(token: str) -> str:
    """The form of such an address.

    Raises:
        Http404: it is not one of ours, or too old.
    """
    try:
        return str(signing.loads(token, salt=_SENT, max_age=_SENT_SECONDS))
    except signing.BadSignature as error:
        raise Http404 from error


def _number(found: Receipt) -> str:
    """The reference as its sender sees it: of a case in groups, of a held message as it is; empty
    where it is left to the mail."""
    if not guard.shows_reference(found.address, found.identifier, clock.now()):
        return ""
    return spoken(found.ref) if found.ref.isdigit() else found.ref


@public
@require_safe
def sent(request: HttpRequest, token: str) -> HttpResponse:
    """What became of a form: the reference, and what happens next (R72).

    Whoever sent it is a stranger until they read the mail: the page says the same whether or not
    the address, or the ID, belongs to somebody, in the brand and with the numbers of the region
    through which they came. The reference comes by mail; who gave the ID of their own account
    sees it here, too.
    """
    found = receipt(key_of(token))
    policy = applies.in_force()
    if found is None or policy is None:
        raise Http404
    region = endpoint.region_of(request, policy)
    now = applies.of(Asker(region=region, visitor=True), policy, clock.now())
    number = _number(found)
    return frame.framed(
        request,
        "portal/sent.html",
        area="raise",
        brand=endpoint.brand_of(request),
        receipt=found,
        number=number,
        identified=bool(number) and settings.WEB_FORM_SHOWS_REFERENCE == "identified",
        applies=now,
    )
