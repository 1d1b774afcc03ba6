"""The address in a page: opens without signing in, shows little, takes on a press only.

Mail scanners and previews fetch addresses by themselves; so a look takes nothing.
"""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from heliodesk.kernel import clock
from heliodesk.oncall import actions
from heliodesk.oncall.models import Page
from heliodesk.oncall.rules.words import How, P1State, Refused
from heliodesk.web.access import public
from heliodesk.web.answer import page


@public
@never_cache
def door(request: HttpRequest, token: str) -> HttpResponse:
    """What the page is about, and two buttons."""
    found = actions.page_of_token(token)
    if found is None or found.p1 is None or found.person is None:
        raise Http404
    if request.method == "POST":
        return _answered(request, found)
    return _shown(request, found)


def _answered(request: HttpRequest, found: Page) -> HttpResponse:
    key = "2" if request.POST.get("answer") == "pass" else "1"
    try:
        answer = actions.press(found.pk, key, how=How.LINK, at=clock.now())
    except Refused as refused:
        return _shown(request, found, said=str(refused), status=409)
    if isinstance(answer, actions.Won):
        said = _("It is yours. Reach the customer within ten minutes.")
    elif isinstance(answer, actions.Lost):
        said = _("%(who)s has it already. You can sleep on.") % {"who": answer.by}
        said = _("It is over already.") if answer.over else said
    else:
        said = _("Passed on. The next is being paged.")
    again = actions.page_of_token(found.token)
    return _shown(request, again or found, said=said)


def _shown(request: HttpRequest, found: Page, *, said: str = "", status: int = 200) -> HttpResponse:
    assert found.p1 is not None  # noqa: S101 - asked by door
    response = page(
        request,
        "p1/door.html",
        status=status,
        page_=found,
        p1=found.p1,
        summary=found.text.partition("\n")[0],
        waits=found.p1.state == P1State.TRIGGERED and not found.p1.follows_id,
        said=said,
        mine=found.p1.owner_id == found.person_id and found.p1.state != P1State.TRIGGERED,
    )
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response
