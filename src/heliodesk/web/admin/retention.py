"""How long records are kept: set, counted before, carried out, and what a legal hold spares."""

from django.http import Http404, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as translated

from heliodesk.cases.access import Hidden as HiddenCase
from heliodesk.cases.access import get_case
from heliodesk.customers.access import Hidden, get_account, get_contact
from heliodesk.identity.rules import May
from heliodesk.kernel import clock
from heliodesk.privacy import actions, finding, queries
from heliodesk.privacy.models import Hold, Task
from heliodesk.privacy.rules import Keep, Refused, months_of
from heliodesk.web.access import PersonRequest, needs
from heliodesk.web.answer import page
from heliodesk.web.told import tell


@needs(May.GUARD_DATA)
def show(request: PersonRequest) -> HttpResponse:
    """Every kind of record; a POST sets for how long."""
    if request.method != "POST":
        return _answer(request)
    by, at = request.person.by, clock.now()
    try:
        wanted = {keep: months_of(keep, request.POST.get(keep.value, "")) for keep in Keep}
    except Refused as refusal:
        return _answer(request, trouble=str(refusal))
    for keep, months in wanted.items():
        actions.keep_for(keep, months=months, by=by, at=at)
    tell(request, translated("It is kept so from now on; runs start by themselves once a day."))
    return redirect("/settings/retention/")


@needs(May.GUARD_DATA)
def count(request: PersonRequest, keep: str) -> HttpResponse:
    """The dry run: how many records would go now, for the months in the form."""
    kind = _kind(keep)
    try:
        months = months_of(kind, request.GET.get(keep, ""))
    except Refused as refusal:
        return _counted(request, trouble=str(refusal))
    if months is None:
        return _counted(request, number=None)
    return _counted(request, number=queries.would_go(kind, months, clock.now()))


@needs(May.GUARD_DATA)
def run(request: PersonRequest, keep: str) -> HttpResponse:
    """Carry one out now."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    try:
        actions.run(_kind(keep), by=request.person.by, at=clock.now())
    except Refused as refusal:
        return _answer(request, trouble=str(refusal))
    tell(request, translated("It has begun; you may go on with other work."))
    return redirect("/settings/retention/")


@needs(May.GUARD_DATA)
def progress(request: PersonRequest) -> HttpResponse:
    """How far runs are, for the page to show by itself."""
    return page(request, "admin/retention.html", block="runs", tasks=_runs())


@needs(May.GUARD_DATA)
def hold(request: PersonRequest) -> HttpResponse:
    """Put a legal hold on an account, a contact or a case."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    subject = request.POST.get("subject", "")
    try:
        found = finding.subject_of(subject)
        if found is None or not _seen(request, found):
            raise Refused(translated("There is no case, account ID or contact’s address like it."))
        actions.put_hold(
            found.kind,
            found.id,
            label=found.label,
            reason=request.POST.get("reason", ""),
            by=request.person.by,
            at=clock.now(),
        )
    except Refused as refusal:
        return _answer(request, trouble=str(refusal))
    tell(request, translated("All that is about it is kept until the hold is lifted."))
    return redirect("/settings/retention/#holds")


@needs(May.GUARD_DATA)
def lift(request: PersonRequest, id: int) -> HttpResponse:
    """Lift a legal hold."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    actions.lift_hold(get_object_or_404(Hold, pk=id), by=request.person.by, at=clock.now())
    tell(request, translated("The hold is lifted."))
    return redirect("/settings/retention/#holds")


def _answer(request: PersonRequest, *, trouble: str = "") -> HttpResponse:
    return page(
        request,
        "admin/retention.html",
        status=409 if trouble else 200,
        area="settings",
        kept=queries.kept(),
        tasks=_runs(),
        holds=queries.holds(),
        given=request.POST,
        trouble=trouble,
    )


def _runs() -> list[Task]:
    return [task for task in queries.tasks(most=60) if task.keep][:12]


def _counted(
    request: PersonRequest, *, number: int | None = None, trouble: str = ""
) -> HttpResponse:
    return page(
        request,
        "admin/counted.html",
        status=200,
        area="settings",
        number=number,
        most=queries.MOST_COUNTED,
        trouble=trouble,
    )


def _kind(keep: str) -> Keep:
    try:
        return Keep(keep)
    except ValueError as error:
        raise Http404 from error


def _seen(request: PersonRequest, found: finding.Subject) -> bool:
    """Whether this person may see what they want to put a hold on."""
    try:
        if found.kind == "case":
            get_case(request.person, found.label)
        elif found.kind == "account":
            get_account(request.person, found.id)
        else:
            get_contact(request.person, found.id)
    except (Hidden, HiddenCase):
        return False
    return True
