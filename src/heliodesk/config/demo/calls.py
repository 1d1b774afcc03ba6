"""Let the demo's calls ring: each goes through the call engine, key by key, at its own hour."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from heliodesk.config.demo import scripts
from heliodesk.config.demo.open import World
from heliodesk.entitlements import packs
from heliodesk.journal.record import SYSTEM
from heliodesk.oncall import actions as oncall
from heliodesk.oncall.models import P1
from heliodesk.oncall.rules.words import How
from heliodesk.telephony.actions import desk, engine, lines
from heliodesk.telephony.actions.arriving import Announced
from heliodesk.telephony.actions.assessing import Assessed
from heliodesk.telephony.models import Call
from heliodesk.telephony.rules import Bye, Dial

_KEYING, _RINGING = timedelta(seconds=7), timedelta(seconds=20)


def ring(world: World, *, at: datetime) -> None:
    """Give the desk its telephones and let every call of the script ring."""
    script = scripts.calls()
    for line in script["lines"]:
        lines.add_line(
            user_id=world.users[line["who"]].pk,
            target=line["target"],
            strangers=line.get("takes_strangers", False),
            by=SYSTEM,
            at=at,
        )
    regions = packs.active().policy.pack.regions
    for code, language in (("UK", "en"), ("NA", "en")):
        listed = regions[code].numbers[0]
        lines.put_number(
            e164=listed.e164, label=regions[code].label, region=code, language=language,
            active=True, by=SYSTEM, at=at,
        )  # fmt: skip
    for number, call in enumerate(script["calls"]):
        called = regions[call["region"]].numbers[-1].e164
        _play(world, call, f"demo-{number}", called, at - scripts.span(call["ago"]))


def _play(world: World, script: Mapping[str, Any], id: str, called: str, at: datetime) -> None:
    announced = Announced("asterisk", id, script["from"], called)
    told = engine.lead(engine.Heard(announced, 0), at=at).instruction
    rings = list(script.get("rings", []))
    keys = [*script["keys"]]
    status, step = "", 0
    while not isinstance(told, Bye):
        step += 1
        if isinstance(told, Dial) and not rings:
            break
        if isinstance(told, Dial):
            status = rings.pop(0)
            at += _RINGING
            if status == "ANSWER":
                break
            told = engine.lead(engine.Heard(announced, step, dialstatus=status), at=at).instruction
        elif keys or script.get("then"):
            pressed = keys.pop(0) if keys else script["then"][0]
            at += _KEYING
            told = engine.lead(engine.Heard(announced, step, pressed), at=at).instruction
        else:
            break
    talked = int(script.get("talked", 0)) if status == "ANSWER" else 0
    engine.hang_up(announced, dialstatus=status, talked=talked, at=at + timedelta(seconds=talked))
    _after(world, script, Call.objects.get(key=announced.key), at)


def _after(world: World, script: Mapping[str, Any], call: Call, at: datetime) -> None:
    """What people did with the call."""
    if "note" in script:
        desk.jot(call, note=script["note"], by=SYSTEM, at=at)
    if "took" in script and call.case:
        p1 = P1.objects.get(case=call.case)
        who = world.users[script["took"]]
        oncall.take(p1.pk, person_id=who.pk, how=How.BUTTON, at=at)
    found = script.get("assessed")
    if found:
        assessed = Assessed(
            criteria=tuple(found["criteria"]),
            extent=found["extent"],
            users=found["users"],
            title=found["title"],
        )
        desk.assess(call, assessed, by=world.by(found["by"]), at=at + timedelta(minutes=3))
