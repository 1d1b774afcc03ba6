"""Somebody answers a page: takes the P1, passes it on, or comes too late.

One row changes hands by one statement, so that of any number of answers over all channels one
wins, and the others hear who did (G5).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from heliodesk.cases import actions as cases
from heliodesk.cases.models import Case
from heliodesk.cases.rules import OPEN
from heliodesk.cases.rules import Refused as CaseRefused
from heliodesk.identity.models import User
from heliodesk.journal.record import By, Happening, record
from heliodesk.kernel import reading
from heliodesk.oncall.actions.declaring import cancel_pages
from heliodesk.oncall.actions.guarded import guarded, wake
from heliodesk.oncall.actions.incidents import own, share
from heliodesk.oncall.models import P1, Page
from heliodesk.oncall.rules.escalation import read
from heliodesk.oncall.rules.words import How, P1State, Purpose, Refused


@dataclass(frozen=True)
class Won:
    """It is theirs: they own the P1 until somebody accepts it from them."""

    p1_id: int
    #: None for a P1 call that no case was made of yet.
    case_id: int | None
    ref: str
    at: datetime


@dataclass(frozen=True)
class Lost:
    """Somebody else has it, or it is over; ``by`` says who in words."""

    by: str
    at: datetime | None
    ref: str = ""
    over: bool = False


@dataclass(frozen=True)
class Passed:
    """They passed it on; the next step pages at once."""

    ref: str


Answer = Won | Lost | Passed


def acknowledge(page_id: int, *, how: How | str, at: datetime) -> Won | Lost:
    """Take the P1 that a page is about, as the person who was paged.

    Twice by the same person is the same as once.

    Raises:
        Refused: the page asks for no acknowledgement, or its person works here no more.
    """
    page = _page(page_id)
    assert page.p1_id and page.person_id  # noqa: S101 - asked by _page
    return take(page.p1_id, person_id=page.person_id, how=how, at=at, page_id=page.pk)


def take(
    p1_id: int, *, person_id: int, how: How | str, at: datetime, page_id: int | None = None
) -> Won | Lost:
    """Take a P1: the one that is first owns it, everybody else hears who that is.

    Raises:
        Refused: the person works here no more.
    """
    with guarded():
        case = lock_case(p1_id)
        p1 = P1.objects.select_for_update().get(pk=p1_id)
        person = User.staff.filter(pk=person_id, is_active=True).first()
        if person is None:
            raise Refused("This colleague is not active any more.")
        if p1.state != P1State.TRIGGERED or p1.follows_id:
            return _too_late(p1, case, person, page_id, at)
        return _taken(p1, case, person, how=how, page_id=page_id, at=at)


def lock_case(p1_id: int) -> Case | None:
    """The case first, as every verb on a case does, so that nobody waits in a circle."""
    return Case.objects.select_for_update().filter(p1s__pk=p1_id).first()


def _taken(
    p1: P1, case: Case | None, person: User, *, how: How | str, page_id: int | None, at: datetime
) -> Won:
    by = By("user", person.pk, person.name, person.role)
    waited = (at - p1.declared_at).total_seconds()
    p1.state, p1.acked_at, p1.next_due_at = P1State.ACKED, at, None
    p1.contact_due_at = at + timedelta(seconds=read(p1.policy).contact_seconds)
    own(p1, person.pk, how=str(how), at=at)
    p1.save()
    cancel_pages(p1.pk)
    _close_handovers(p1, at)
    if page_id:
        Page.objects.filter(pk=page_id).update(answer="took", answered_at=at)
    share(p1, at)
    data = {"how": str(how), "person": person.name, "seconds": round(waited, 1)}
    record([Happening("acked", "p1", p1.pk, data)], by=by, at=at)
    take_case(case, person, by, at)
    wake()
    return Won(p1.pk, p1.case_id, _ref(case), at)


def _ref(case: Case | None) -> str:
    return case.ref if case else ""


def take_case(case: Case | None, person: User, by: By, at: datetime) -> None:
    """Give them the case too, unless it is offshore and they are not."""
    if case is None or case.owner_id == person.pk or case.state not in OPEN:
        return
    if case.offshore and not person.teams.filter(offshore=True).exists():
        return
    try:
        cases.take(case, by=by, at=at)
    except CaseRefused:
        return


def _close_handovers(p1: P1, at: datetime) -> None:
    p1.handovers.filter(accepted_at=None, closed_at=None).update(closed_at=at, closed_why="taken")


def _too_late(
    p1: P1, case: Case | None, person: User, page_id: int | None, at: datetime
) -> Won | Lost:
    over = p1.state == P1State.RESOLVED
    if p1.owner_id == person.pk and not over:
        return Won(p1.pk, p1.case_id, _ref(case), p1.acked_at or at)
    if page_id:
        Page.objects.filter(pk=page_id, answer="").update(answer="late", answered_at=at)
    by = By("user", person.pk, person.name, person.role)
    data = {"person": person.name, "owner": p1.owner.name}
    record([Happening("came_late", "p1", p1.pk, data)], by=by, at=at)
    return Lost(p1.owner.name, p1.acked_at or p1.resolved_at, _ref(case), over)


def pass_on(page_id: int, *, at: datetime) -> Passed | Lost:
    """Say that somebody else must take it: the next step pages at once.

    Raises:
        Refused: the page asks for no acknowledgement.
    """
    page = _page(page_id)
    assert page.p1_id and page.person  # noqa: S101 - asked by _page
    with guarded():
        case = lock_case(page.p1_id)
        p1 = P1.objects.select_for_update().get(pk=page.p1_id)
        if p1.state != P1State.TRIGGERED or p1.follows_id:
            return Lost(p1.owner.name, p1.acked_at, _ref(case), p1.state == P1State.RESOLVED)
        first = Page.objects.filter(pk=page.pk, answer="").update(answer="passed", answered_at=at)
        if first and page.step + 1 == p1.step:
            p1.next_due_at = at
            p1.save(update_fields=["next_due_at"])
            wake()
        by = By("user", page.person_id, page.person.name, page.person.role)
        if first:
            happened = Happening("passed_on", "p1", p1.pk, {"person": page.person.name})
            record([happened], by=by, at=at)
    return Passed(_ref(case))


def _page(page_id: int) -> Page:
    page = Page.objects.select_related("person").filter(pk=page_id).first()
    if page is None or page.p1_id is None or page.person_id is None:
        raise Refused("This message asks for no answer.")
    if page.purpose not in {Purpose.PAGE, Purpose.HANDOVER, Purpose.UPDATE}:
        raise Refused("This message asks for no answer.")
    return page


def page_of_token(token: str) -> Page | None:
    """The page behind an address that was sent out."""
    return Page.objects.select_related("p1__case", "person").filter(token=token).first()


def page_of_provider(provider_ref: str) -> Page | None:
    """The page that a provider knows by its own number."""
    if not provider_ref:
        return None
    return Page.objects.filter(provider_ref=provider_ref).order_by("-id").first()


def press(page_id: int, key: str, *, how: How | str = How.KEY, at: datetime) -> Answer | None:
    """What a key in the call (or an SMS) does: 1 takes, 2 passes on, all else nothing.

    Raises:
        Refused: the page asks for no answer.
    """
    if key.strip() == "1":
        return acknowledge(page_id, how=how, at=at)
    if key.strip() == "2":
        return pass_on(page_id, at=at)
    return None


_LAST_TEXT = """
select g.id from oncall_page g join oncall_p1 p on p.id = g.p1_id
 where g.channel = 'sms' and g.purpose = 'page' and g.address = %s
   and g.made_at > %s - interval '24 hours'
   and (%s = '' or exists (select from cases_case c where c.id = p.case_id and c.ref = %s))
 order by (p.state <> 'triggered'), g.id desc limit 1
"""


def answer_by_text(number: str, text: str, *, at: datetime) -> Answer | None:
    """What an SMS from a number does to the last page that was sent there; none if it says nothing.

    "1" takes, "2" passes on; a reference after it picks one of several P1s.
    """
    words = text.split()
    if not words or words[0].rstrip(".,") not in {"1", "2"}:
        return None
    ref = "".join(c for c in "".join(words[1:]) if c.isdigit())
    found = reading.rows(connection, _LAST_TEXT, [number, at, ref, ref])
    if not found:
        return None
    return press(found[0][0], words[0].rstrip(".,"), how=How.SMS, at=at)


def delivered(page_id: int, *, at: datetime) -> None:
    """The provider says that it arrived; that is no acknowledgement (voice mail answers too)."""
    Page.objects.filter(pk=page_id, delivered_at=None).update(delivered_at=at)


def engage(p1_id: int, *, how: How | str, by: By, at: datetime) -> None:
    """The customer was spoken to or written to: the owner has reached them."""
    with guarded():
        p1 = P1.objects.select_for_update().get(pk=p1_id)
        if p1.state == P1State.RESOLVED:
            return
        first = p1.engaged_at is None
        p1.last_customer_contact = max(p1.last_customer_contact or at, at)
        if p1.state == P1State.ACKED:
            p1.state, p1.contact_due_at = P1State.ENGAGED, None
            p1.engaged_at = p1.engaged_at or at
        p1.save()
        data = {"how": str(how), "first": first and p1.engaged_at is not None}
        record([Happening("customer_reached", "p1", p1.pk, data)], by=by, at=at)


__all__ = [
    "Answer",
    "Lost",
    "Passed",
    "Won",
    "acknowledge",
    "answer_by_text",
    "delivered",
    "engage",
    "page_of_provider",
    "page_of_token",
    "pass_on",
    "press",
    "take",
]
