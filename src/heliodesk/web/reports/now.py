"""The board: what stands open at this moment."""

from django.http import HttpResponse

from heliodesk.identity.rules import May
from heliodesk.kernel import clock
from heliodesk.reports import board
from heliodesk.web.access import PersonRequest, needs
from heliodesk.web.answer import page


@needs(May.SEE_REPORTS)
def show(request: PersonRequest) -> HttpResponse:
    """Who has what, how old it is, what falls due; kept true while it is looked at."""
    person, at = request.person, clock.now()
    load = board.load(person, at)
    return page(
        request,
        "reports/now.html",
        block="now" if request.headers.get("HX-Request") else "",
        area="reports",
        tab="now",
        at=at,
        load=load,
        most=max((one.open for one in load), default=0) or 1,
        open_now=sum(one.open for one in load),
        late=sum(one.late for one in load),
        soon=sum(one.soon for one in load),
        p1=sum(one.p1 for one in load),
        backlog=board.backlog(person, at),
        at_risk=board.at_risk(person, at),
        held=board.held(person),
        mail=board.mail(at),
        boxes=board.mailboxes(person, at),
        teams=board.teams(person, at),
        bound=board.MOST_WAITING,
    )
