"""A person's data: found, exported once, anonymised or erased, and what stands in the way."""

from django.http import Http404, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.utils.translation import gettext as translated

from heliodesk.customers import queries as customers
from heliodesk.customers.access import Hidden, get_contact
from heliodesk.customers.models import Contact
from heliodesk.identity.rules import May
from heliodesk.kernel import clock
from heliodesk.privacy import actions, queries
from heliodesk.privacy.rules import Kind, Refused
from heliodesk.web.access import PersonRequest, needs
from heliodesk.web.answer import page
from heliodesk.web.told import tell

_MOST_FOUND = 20


@needs(May.GUARD_DATA)
def find(request: PersonRequest) -> HttpResponse:
    """Find somebody, and see what was done for whom lately."""
    asked = request.GET.get("q", "").replace("\0", "").strip()[:200]
    today = clock.now().date()
    found = customers.contacts(request.person, today, text=asked, size=_MOST_FOUND)
    return page(
        request,
        "admin/privacy.html",
        area="settings",
        asked=asked,
        found=found[:_MOST_FOUND] if asked else [],
        tasks=[task for task in queries.tasks() if task.contact_id],
    )


@needs(May.GUARD_DATA)
def show(request: PersonRequest, id: int) -> HttpResponse:
    """What may be done for one person."""
    return _answer(request, _contact(request, id))


@needs(May.GUARD_DATA)
def progress(request: PersonRequest, id: int) -> HttpResponse:
    """How far it is, for the page to show by itself."""
    contact = _contact(request, id)
    return page(
        request,
        "admin/privacy_person.html",
        block="tasks",
        contact=contact,
        tasks=queries.tasks_of(contact.pk),
    )


@needs(May.GUARD_DATA)
def do(request: PersonRequest, id: int, verb: str) -> HttpResponse:
    """Export, anonymise or erase."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    contact, by, at = _contact(request, id), request.person.by, clock.now()
    try:
        if verb == Kind.EXPORT:
            actions.export(contact, by=by, at=at)
        elif verb in {Kind.ANONYMISE, Kind.ERASE}:
            typed = request.POST.get("typed", "")
            actions.forget(contact, erase=verb == Kind.ERASE, typed=typed, by=by, at=at)
        else:
            raise Http404
    except Refused as refusal:
        return _answer(request, contact, trouble=str(refusal), failed=verb)
    tell(request, translated("It has begun; this page shows how far it is."))
    return redirect(f"/settings/privacy/{id}/")


@needs(May.GUARD_DATA)
def fetch(request: PersonRequest, id: int, task_id: int) -> HttpResponse:
    """The archive of an export, once. A POST, so that no scanner of links takes it."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    contact = _contact(request, id)
    task = queries.task_of(contact.pk, task_id)
    if task is None:
        raise Http404
    try:
        data = actions.fetch(task, by=request.person.by, at=clock.now())
    except Refused as refusal:
        return _answer(request, contact, trouble=str(refusal))
    answer = HttpResponse(data, content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="person-{contact.pk}.zip"'
    answer["Cache-Control"] = "no-store"
    return answer


def _contact(request: PersonRequest, id: int) -> Contact:
    try:
        return get_contact(request.person, id)
    except Hidden as hidden:
        raise Http404 from hidden


def _answer(
    request: PersonRequest, contact: Contact, *, trouble: str = "", failed: str = ""
) -> HttpResponse:
    return page(
        request,
        "admin/privacy_person.html",
        status=409 if trouble else 200,
        area="settings",
        contact=contact,
        addresses=[row.address for row in contact.addresses.order_by("address")],
        obstacles=queries.obstacles(contact, clock.now()),
        forgotten=queries.forgotten(contact.pk),
        tasks=queries.tasks_of(contact.pk),
        given=request.POST,
        trouble=trouble,
        failed=failed,
    )
