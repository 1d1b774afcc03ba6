"""The steps of a P1: whom to page, at once, and again until somebody takes it.

Each is one transaction over one row that nobody else holds (SKIP LOCKED); nothing here touches
the network. ``at`` is the database's time.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from secrets import token_urlsafe
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection

from heliodesk.journal.record import SYSTEM, Happening, record
from heliodesk.kernel import reading
from heliodesk.oncall import queries
from heliodesk.oncall.actions.guarded import guarded, wake
from heliodesk.oncall.models import P1, Page
from heliodesk.oncall.rules.escalation import Step, Target, read
from heliodesk.oncall.rules.words import Channel, Duty, P1State, PageState, Purpose

_MOST = 20
#: Of several the one of the better package first (C26).
_DUE = """
select p.id from oncall_p1 p left join cases_case c on c.id = p.case_id
 where p.state = 'triggered' and p.follows_id is null and p.next_due_at <= %s
 order by coalesce(c.urgency, 0), p.next_due_at limit 1 for update of p skip locked
"""
_UNREACHED = """
select id from oncall_p1
 where state = 'acked' and follows_id is null and contact_due_at <= %s
 order by contact_due_at limit 1 for update skip locked
"""


def fire_due(at: datetime) -> int:
    """Fire every step that is due; how many."""
    return _each(_DUE, _fire, at)


def chase_contact(at: datetime) -> int:
    """Trigger P1s again whose owner has not reached the customer in time; how many."""
    return _each(_UNREACHED, _not_reached, at)


def _each(sql: str, act: Any, at: datetime) -> int:
    done = 0
    while done < _MOST:
        with guarded():
            found = reading.rows(connection, sql, [at])
            if not found:
                return done
            act(P1.objects.select_related("case__account", "region").get(pk=found[0][0]), at)
        done += 1
    return done


def _fire(p1: P1, at: datetime) -> None:
    policy = read(p1.policy)
    step = policy.at(p1.step)
    people = people_for(step.targets, p1, at)
    if not people:
        people = people_for(policy.everybody, p1, at) or _whoever_leads()
    made = _pages(p1, step, people, at)
    data = {
        "step": p1.step,
        "round": max(0, p1.step - len(policy.steps) + 1),
        "targets": [target.value for target in step.targets],
        "people": [{"id": one.id, "name": one.name, "as": one.target} for one in people],
        "pages": made,
    }
    happened = [Happening("paged", "p1", p1.pk, data)]
    if p1.step and p1.case_id:
        missed = {"p1": p1.pk, "step": p1.step, "at": at.isoformat()}
        happened.append(Happening("p1_missed", "case", p1.case_id, missed, told={"answer": True}))
        text_customer(p1, at)
    due = p1.next_due_at or at
    p1.next_due_at = policy.next_due(p1.step, due=due, at=at)
    p1.step += 1
    p1.save(update_fields=["step", "next_due_at"])
    record(happened, by=SYSTEM, at=at)


def _not_reached(p1: P1, at: datetime) -> None:
    trigger_again(p1, "customer_not_reached", at)


def trigger_again(p1: P1, why: str, at: datetime) -> None:
    """Put a P1 back to be paged for, at its next step, at once; its owner stays its owner."""
    p1.state, p1.next_due_at, p1.contact_due_at = P1State.TRIGGERED, at, None
    p1.save(update_fields=["state", "next_due_at", "contact_due_at"])
    record([Happening("retriggered", "p1", p1.pk, {"why": why})], by=SYSTEM, at=at)
    wake()


class Asked(NamedTuple):
    """A person that a step pages, and what as."""

    id: int
    name: str
    target: str


def people_for(targets: Iterable[Target], p1: P1, at: datetime) -> list[Asked]:
    """The people that these targets are at an instant, each once, in order."""
    rows = queries.on_call(at)
    region = _holding(rows)
    found: dict[int, Asked] = {}
    for target in targets:
        for id, name in _who(target, rows, region, p1, at):
            found.setdefault(id, Asked(id, name, target.value))
    return list(found.values())


def _holding(rows: Sequence[queries.OnCall]) -> str:
    return next((row.region for row in rows if row.duty == Duty.PRIMARY), "")


_NAMED = """
select u.id, u.name from oncall_accountmanager m
join identity_user u on u.id = m.person_id and u.is_active where m.account_id = %s
"""
_LEADERS = """
select id, name, 'lead' from identity_user
 where is_active and role in ('lead', 'admin') order by (role <> 'lead'), id limit 5
"""


def _who(
    target: Target, rows: Sequence[queries.OnCall], region: str, p1: P1, at: datetime
) -> list[tuple[int, str]]:
    if target is Target.NAMED:
        if p1.case is None:
            return []
        named = reading.rows(connection, _NAMED, [p1.case.account_id])
        return [(id, name) for id, name in named]
    if target is Target.OWNER:
        return [(p1.owner_id, p1.owner.name)]
    if target is Target.NEXT_PRIMARY:
        after = queries.next_primary(at, region)
        return [(after.person_id, after.name)] if after else []
    duty = Duty(target.value)
    same = [row for row in rows if row.duty == duty]
    near = [row for row in same if row.region in {region, ""}]
    return [(row.person_id, row.name) for row in near or same]


def _whoever_leads() -> list[Asked]:
    """Nobody is on call at all: the leads and administrators of the desk."""
    return [Asked(*row) for row in reading.rows(connection, _LEADERS)]


class Way(NamedTuple):
    """A verified way to reach a person."""

    person_id: int
    method_id: int | None
    kind: str
    address: str
    #: May see cases of the offshore side.
    offshore: bool


_WAYS = """
select u.id, m.id, m.kind, m.address, exists (
    select from identity_teammember t join identity_team g on g.id = t.team_id
     where t.user_id = u.id and g.offshore)
from identity_user u
left join oncall_contactmethod m on m.person_id = u.id and m.verified_at is not null
where u.id = any(%s) order by u.id, m.place, m.id
"""
_EMAIL = "select email from identity_user where id = %s"


def ways_to(people: Sequence[int], channels: Sequence[str]) -> list[Way]:
    """The verified ways to these people by these channels; a person without any is mailed."""
    rows = [Way(*row) for row in reading.rows(connection, _WAYS, [list(people)])]
    result = [way for way in rows if way.kind in channels]
    for id in people:
        if not any(way.person_id == id for way in result):
            offshore = next((way.offshore for way in rows if way.person_id == id), False)
            address = reading.rows(connection, _EMAIL, [id])[0][0]
            result.append(Way(id, None, Channel.EMAIL, address, offshore))
    return result


def _pages(p1: P1, step: Step, people: Sequence[Asked], at: datetime) -> int:
    ways = ways_to([one.id for one in people], step.channels)
    rows = [
        _page(p1, way, f"{p1.pk}:{p1.step}:{way.person_id}:{way.method_id or way.kind}", at)
        for way in ways
    ]
    return write(rows)


def _page(p1: P1, way: Way, key: str, at: datetime) -> Page:
    case, subject, title = p1.case, p1.name, p1.title
    if case and case.offshore and not way.offshore:
        title = "A case of the offshore side; only its team may open it."
    elif case:
        subject += f", {case.account.name}"
    token = token_urlsafe(32)
    where = f"{settings.BASE_URL}/page/{token}"
    text = f"{subject}: {title}\nTake it: {where}"
    if way.kind == Channel.SMS:
        text = f"{subject}: {title[:70]}\nReply 1 to take it, 2 to pass it on.\n{where}"
    return Page(
        key=key,
        p1=p1,
        step=p1.step,
        person_id=way.person_id,
        method_id=way.method_id,
        channel=way.kind,
        address=way.address,
        subject=subject,
        text=text,
        token=token,
        made_at=at,
        next_try_at=at,
    )


def write(pages: Sequence[Page]) -> int:
    """Write pages whose key is new, and wake the pagers; how many there were.

    While the desk captures its pages they are kept and go to nobody.
    """
    if settings.PAGING == "capture":
        for page in pages:
            page.state, page.next_try_at = PageState.CAPTURED, None
    made = Page.objects.bulk_create(pages, ignore_conflicts=True)
    wake()
    return len(made)


_CUSTOMER = """
select coalesce(nullif(t.phone, ''), ''), coalesce(t.alternative, ''), t.name
from cases_case c left join customers_contact t on t.id = c.contact_id where c.id = %s
"""


def text_customer(p1: P1, at: datetime) -> None:
    """Tell the customer by SMS that nobody has answered yet and who is called next (C30)."""
    found = reading.rows(connection, _CUSTOMER, [p1.case_id])
    phone, alternative, _ = found[0] if found else ("", "", "")
    number = next((one for one in (alternative, phone) if one.startswith("+")), "")
    if not number or not (settings.VOICE_ACCOUNT or settings.PAGING == "capture"):
        return
    text = (
        f"{p1.name.replace('P1', 'Case')}: we have not reached an engineer yet and are calling "
        "the next one now. We do not stop before somebody has taken your case."
    )
    row = Page(
        key=f"{p1.pk}:{p1.step}:customer",
        purpose=Purpose.CUSTOMER,
        p1=p1,
        step=p1.step,
        channel=Channel.SMS,
        address="".join(c for c in number if c in "+0123456789"),
        text=text,
        token=token_urlsafe(32),
        made_at=at,
        next_try_at=at,
    )
    write([row])


def message(
    *,
    key: str,
    purpose: Purpose,
    people: Sequence[int],
    channels: Sequence[str],
    subject: str,
    text: str,
    p1: P1 | None,
    at: datetime,
) -> int:
    """Write one message to people of the desk by their verified ways."""
    rows = [
        Page(
            key=f"{key}:{way.person_id}:{way.method_id or way.kind}",
            purpose=purpose,
            p1=p1,
            step=p1.step if p1 else 0,
            person_id=way.person_id,
            method_id=way.method_id,
            channel=way.kind,
            address=way.address,
            subject=subject,
            text=text,
            token=token_urlsafe(32),
            made_at=at,
            next_try_at=at,
        )
        for way in ways_to(people, channels)
    ]
    return write(rows)


#: Ways for what need not wake anybody.
QUIET = (Channel.PUSH, Channel.EMAIL, Channel.CHAT)
LOUD = tuple(Channel)


def remind_of_update(p1: P1, *, missed: bool, due: str, at: datetime) -> None:
    """Ring the owner when an update to the customer falls due, the region's lead when it did."""
    targets = (Target.OWNER, Target.LEAD) if missed else (Target.OWNER,)
    people = people_for(targets, p1, at)
    what = "is late" if missed else "is due soon"
    message(
        key=f"{p1.pk}:update:{due}:{'missed' if missed else 'due'}",
        purpose=Purpose.UPDATE,
        people=[one.id for one in people],
        channels=LOUD,
        subject=f"{p1.name}: an update {what}",
        text=f"The update to the customer of {p1.name} {what}. "
        f"Write it: {settings.BASE_URL}{p1.path}",
        p1=p1,
        at=at,
    )
    data = {"missed": missed, "people": [one.name for one in people]}
    record([Happening("update_chased", "p1", p1.pk, data)], by=SYSTEM, at=at)
