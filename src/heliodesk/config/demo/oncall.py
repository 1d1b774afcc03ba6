"""The demo's on-call: rotas that follow the sun, and a P1 that is open now."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from heliodesk.cases import actions as cases
from heliodesk.cases.models import Case
from heliodesk.config.demo import scripts
from heliodesk.config.demo.open import World
from heliodesk.customers.models import AccountIdentifier
from heliodesk.entitlements import packs
from heliodesk.identity import actions as people
from heliodesk.identity.models import User
from heliodesk.identity.rules import Role
from heliodesk.journal.record import SYSTEM, By
from heliodesk.oncall import actions as oncall
from heliodesk.oncall.actions import paging, planning, setting_up
from heliodesk.oncall.models import P1, ContactMethod, Page, Shift
from heliodesk.oncall.rules.coverage import Waking
from heliodesk.oncall.rules.words import Channel, Duty, How
from heliodesk.telephony.actions import desk, engine
from heliodesk.telephony.actions.arriving import Announced
from heliodesk.telephony.actions.assessing import Assessed
from heliodesk.telephony.models import Call
from heliodesk.telephony.rules import Bye, Dial

_DAYTIME = (Waking(127, 8 * 60, 20 * 60),)
_BEGAN = timedelta(days=8)


def take_turns(world: World, *, at: datetime) -> World:
    """Set up regions and rotas as of eight days ago; the world with the people they need."""
    script, began = scripts.oncall(), at - _BEGAN
    users = {**world.users}
    for row in script["people"]:
        first, last = row["name"].lower().split()
        user = people.add_user(
            email=f"{first}.{last}@{scripts.world()['domain']}",
            name=row["name"],
            role=Role(row["role"]),
            zone=row["zone"],
            by=SYSTEM,
            at=began,
        )
        users[first] = user
        _way(user, Channel.VOICE, row["phone"], began)
    for user in users.values():
        _way(user, Channel.EMAIL, user.email, began)
    for place, row in enumerate(script["regions"]):
        _region(row, place, users, began)
    _rota(Duty.SECONDARY, "", [users[w] for w in script["secondary"]], "UTC", 2, began)
    _rota(Duty.MANAGER, "", [users[w] for w in script["duty_manager"]], "Europe/London", 7, began)
    for identifier, word in script["named"].items():
        account = AccountIdentifier.objects.get(value=identifier).account_id
        setting_up.name_manager(account, person_id=users[word].pk, by=SYSTEM, at=began)
    planning.plan_ahead(at)
    return replace(world, users=users)


def _way(user: User, kind: Channel, address: str, at: datetime) -> None:
    ContactMethod.objects.create(
        person=user, kind=kind, address=address, added_at=at, verified_at=at
    )


def _region(row: Mapping[str, Any], place: int, users: Mapping[str, User], at: datetime) -> None:
    setting_up.save_region(
        row["code"],
        name=row["name"],
        zone=row["zone"],
        waking=_DAYTIME,
        city=row["city"],
        tone=row["tone"],
        calendar=row["calendar"],
        serves=row["serves"],
        place=place,
        by=SYSTEM,
        at=at,
        allow_gap=True,
    )
    for duty, words in ((Duty.PRIMARY, row["primary"]), (Duty.LEAD, row["lead"])):
        _rota(duty, row["code"], [users[w] for w in words], row["zone"], row["turn"], at)


def _rota(
    duty: Duty, region: str, members: list[User], zone: str, turn_days: int, at: datetime
) -> None:
    setting_up.save_rota(
        duty=duty,
        region=region,
        people=[user.pk for user in members],
        turn_days=turn_days,
        starts_on=(at - timedelta(days=14)).date(),
        zone=zone,
        by=SYSTEM,
        at=at,
        allow_gap=True,
    )


def have_a_p1(world: World, *, at: datetime) -> None:
    """A customer calls, hangs up while engineers are rung, and is called back: it is open now."""
    script = scripts.oncall()["p1"]
    began = at - scripts.span(script["ago"])
    call = _call(script, began)
    p1 = P1.objects.filter(case__calls=call).first()
    if p1 is None:
        raise LookupError("The demo's P1 call did not become a P1")
    paging.fire_due(p1.declared_at)
    taken = p1.declared_at + timedelta(seconds=script["took_after"])
    page = Page.objects.filter(p1=p1, channel="voice").order_by("pk").first()
    if page is None:
        page = Page.objects.filter(p1=p1).earliest("pk")
    oncall.acknowledge(page.pk, how=How.KEY, at=taken)
    p1.refresh_from_db()
    by = By("user", p1.owner_id, p1.owner.name, p1.owner.role)
    oncall.engage(p1.pk, how="call", by=by, at=p1.declared_at + timedelta(minutes=4))
    _assess(script, call, by, p1.declared_at + timedelta(minutes=4))
    for update in script["updates"]:
        when = p1.declared_at + timedelta(minutes=update["after"])
        case = Case.objects.get(p1s=p1)
        cases.reply(case, text=update["text"], seen_version=None, by=by, at=when)


def _call(script: Mapping[str, Any], at: datetime) -> Call:
    called = packs.active().policy.pack.regions[script["region"]].numbers[-1].e164
    announced = Announced("asterisk", "demo-p1", script["from"], called)
    told = engine.lead(engine.Heard(announced, 0), at=at).instruction
    keys, step = ["1", script["id"]], 0
    while not isinstance(told, Bye | Dial) and keys:
        step, at = step + 1, at + timedelta(seconds=7)
        told = engine.lead(engine.Heard(announced, step, keys.pop(0)), at=at).instruction
    engine.hang_up(announced, dialstatus="CANCEL", talked=0, at=at + timedelta(seconds=41))
    return Call.objects.get(key=announced.key)


def _assess(script: Mapping[str, Any], call: Call, by: By, at: datetime) -> None:
    found = Assessed(
        criteria=("send",), extent="total", users=script["users"], title=script["title"]
    )
    desk.assess(call, found, by=by, at=at)


def ask_for_a_swap(world: World, *, at: datetime) -> None:
    """Somebody gives a shift of the coming week away, and a colleague has been asked."""
    shift = (
        Shift.objects.filter(
            person=world.users["ines"], duty=Duty.PRIMARY, during__startswith__gt=at
        )
        .order_by("during")
        .first()
    )
    if shift:
        ines, priya = world.users["ines"], world.users["priya"]
        oncall.ask_swap(
            shift,
            asked_id=priya.pk,
            in_return=None,
            note="Dentist in the morning.",
            by=By("user", ines.pk, ines.name, ines.role),
            at=at,
        )
