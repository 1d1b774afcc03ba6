"""Which reports a person gets by mail."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as translated
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_POST

from heliodesk.identity.rules import May
from heliodesk.kernel import clock
from heliodesk.reports import actions, queries
from heliodesk.reports.queries import Only
from heliodesk.web.access import PersonRequest, needs
from heliodesk.web.answer import page
from heliodesk.web.told import tell

EVERY = {"day": _("Every day"), "week": _("Every Monday"), "month": _("On the first of a month")}


@needs(May.SEE_REPORTS)
def show(request: PersonRequest) -> HttpResponse:
    """What this person gets; a form for one more."""
    trouble = ""
    if request.method == "POST":
        given = request.POST
        only = Only(*(given.get(name, "")[:60] for name in ("region", "package", "queue")))
        try:
            actions.subscribe(
                request.person.id,
                every=given.get("every", ""),
                hour=given.get("hour", ""),
                only=only,
                by=request.person.by,
                at=clock.now(),
            )
        except actions.Refused as refusal:
            trouble = str(refusal)
        else:
            tell(request, translated("You get this report by mail from now on."))
            return redirect("reports_by_mail")
    return page(
        request,
        "reports/by_mail.html",
        status=409 if trouble else 200,
        area="reports",
        tab="mail",
        every=EVERY,
        subscriptions=queries.subscriptions_of(request.person.id),
        choices=queries.choices(queries.last_days(clock.now().date(), 364)),
        trouble=trouble,
        given=request.POST,
    )


@needs(May.SEE_REPORTS)
@require_POST
def end(request: PersonRequest, id: int) -> HttpResponse:
    """Get this report no more."""
    actions.unsubscribe(request.person.id, id, by=request.person.by, at=clock.now())
    tell(request, translated("You get this report no more."))
    return redirect("reports_by_mail")
