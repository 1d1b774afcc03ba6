"""Taking the next case, and the notices of a person."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as _n
from django.views.decorators.http import require_POST

from heliodesk.identity import actions
from heliodesk.identity import queries as identity
from heliodesk.identity.rules import May
from heliodesk.kernel import clock
from heliodesk.notifications import noticed
from heliodesk.routing.actions import take_next
from heliodesk.web import clocks, rail
from heliodesk.web.access import PersonRequest, needs
from heliodesk.web.answer import page
from heliodesk.web.told import tell


@needs(May.WORK_CASES)
@require_POST
def take(request: PersonRequest) -> HttpResponse:
    """Take the case that is due next and open it."""
    case = take_next(request.person, at=clock.now())
    if case is None:
        tell(request, _("Nothing waits for you in your queues."))
        return redirect("queue:needs_us")
    return redirect("case", case.ref)


#: The kinds of notices that can come by mail, in words.
_MAILED = {
    "escalate": (_n("I am called to a case"), _n("Somebody escalates it to me or my team.")),
    "mentioned": (_n("I am named in a note"), ""),
    "letter_held": (
        _n("A letter of mine was not sent"),
        _n("The customer wrote, a colleague answered or the state changed before it was due."),
    ),
}


@needs(May.WORK_CASES)
def by_mail(request: PersonRequest) -> HttpResponse:
    """Which notices come by mail, too."""
    person = request.person
    if request.method == "POST":
        kinds = request.POST.getlist("mailed")
        actions.mail_notices(person.id, kinds, by=person.by, at=clock.now())
        tell(request, _("Saved."))
        return redirect("notices_by_mail")
    return page(
        request,
        "agent/notices_mail.html",
        area="notices",
        kinds=[(kind, *_MAILED[kind]) for kind in actions.MAILED],
        chosen=identity.mailed_to(person.id),
        address=person.email,
    )


@needs(May.WORK_CASES)
def notices(request: PersonRequest) -> HttpResponse:
    """What this person was told lately; looking makes nothing new any more."""
    if request.method == "POST":
        noticed.look_at_all(request.person, at=clock.now())
        rail.forget()
        return redirect("notices")
    return page(
        request,
        "agent/notices.html",
        area="notices",
        notices=noticed.latest(request.person),
        metric=clocks.metric,
    )
