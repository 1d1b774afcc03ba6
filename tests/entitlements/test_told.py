"""Every sentence a customer can be told, as it is told: the snapshots are ``told.txt`` and,
for the ear, ``heard.txt``.

To take the snapshot anew after a deliberate change of words, run
``python -m tests.entitlements.test_told`` and read the difference.
"""

import re
from pathlib import Path

import pytest

from heliodesk.entitlements.pack.reader import read_pack
from heliodesk.entitlements.pack.shipped import (
    default_name,
    default_pack,
    shipped_names,
    shipped_pack,
    shipped_source,
)
from heliodesk.entitlements.pack.wordings import BLIND_KEYS, OPEN_KEYS, VARIANTS
from heliodesk.entitlements.policy import Policy
from heliodesk.entitlements.simulation import Simulator
from heliodesk.entitlements.speech import say
from heliodesk.entitlements.wording import local_time, number_text, tell
from tests.entitlements.asking import CALL, NIGHT, ORDINARY, P1_CALL, SIMULATOR, WEB, ask, utc

SNAPSHOT = Path(__file__).with_name("told.txt")
HEARD = Path(__file__).with_name("heard.txt")
Facts = dict[str, object]
STRICT: Facts = {"settings": {"p1.designated_override": False}}
REFUSE: Facts = {"settings": {"phone.outside": "refuse"}}

#: For each message key and variant, a request that leads to it.
LEADS: dict[str, Facts] = {
    "address.use_other": {"region": "OFF"},
    "address.use_other/not_taken": {
        "region": "OFF",
        "settings": {"offshore.wrong_address": "reply_only"},
    },
    "case.accepted": {"region": "SG"},
    "case.accepted/reply": {"existing_case": "open"},
    "case.accepted_id_reminder": {"account_id": "missing"},
    "case.accepted_live": CALL | {"region": "NA", "at": "2026-03-09T10:00-04:00"},
    "case.need_summary": {"issue_details_length": 0},
    "case.new_linked": {"existing_case": "closed_old"},
    "case.reopened": {"existing_case": "closed_recent"},
    "contact.verify": {"contact_role": "unknown_domain_ok"},
    "contract.ended": {"contract": {"service": "terminated"}},
    "intake.how_to_raise": {"contact_role": "unknown", "account_id": "missing"},
    "intake.unmatched": {"contact_role": "other_account"},
    "intake.which_customer": {"contact_role": "partner", "account_id": "missing"},
    "p1.accepted": P1_CALL | {"region": "ZA"},
    "p1.accepted_callback": P1_CALL | {"account_id": "missing"},
    "p1.accepted_callback/waiting": P1_CALL
    | NIGHT
    | {"package": "bronze", "account_id": "missing"},
    "p1.accepted_mi": P1_CALL | {"package": "gold", "major_incident_open": True},
    "p1.call_us": {"region": "AU", "severity": "P1"},
    "p1.deferred": P1_CALL | NIGHT | STRICT | {"package": "bronze", "contact_role": "designated"},
    "p1.designated_needed": P1_CALL | NIGHT | {"package": "bronze"},
    "p1.not_met": P1_CALL | {"p1_criteria_met": False, "assessed_severity": "P4"},
    "p1.open_case": P1_CALL | {"existing_case": "open", "existing_priority": "P1"},
    "partner.not_linked": {"contact_role": "partner_unlinked"},
    "phone.caller_unknown": CALL | {"contact_role": "unknown"},
    "phone.closed": CALL | {"region": "NZ"},
    "phone.closed/refused": CALL | NIGHT | REFUSE,
    "phone.find_your_id": CALL | {"account_id": "missing"},
    "phone.not_in_package": CALL | {"package": "bronze"},
    "phone.not_in_package/refused": CALL | REFUSE | {"package": "base"},
    "tracking.need_fields": {"case_type": "email_tracking", "missing_fields": ["date", "time"]},
    "tracking.need_fields/held": {
        "case_type": "email_tracking",
        "missing_fields": ["subject"],
        "settings": {"tracking.block": True},
    },
    "web.details_missing": WEB | {"issue_details_length": 0},
    "web.too_long": WEB | {"issue_details_length": 2400},
}


def told(name: str) -> str:
    decision, policy = SIMULATOR.ask(_ordinary(LEADS[name]))
    key, _, variant = name.partition("/")
    assert (decision.message, decision.variables.get("variant", "")) == (key, variant)
    return tell(decision, policy, reference="4711-08")


def _ordinary(changes: Facts) -> Facts:
    from tests.entitlements.asking import ORDINARY

    return ORDINARY | changes


def snapshot() -> str:
    return "".join(f"{name}\n    {told(name)}\n" for name in sorted(LEADS))


def test_as_in_the_snapshot() -> None:
    assert snapshot() == SNAPSHOT.read_text(encoding="utf-8")


def heard() -> str:
    """What a caller hears of each of them."""
    lines = []
    for name in sorted(LEADS):
        decision, policy = SIMULATOR.ask(_ordinary(LEADS[name]))
        lines.append(f"{name}\n    {say(decision, policy, reference='48120990')}\n")
    return "".join(lines)


def test_as_it_is_heard() -> None:
    assert heard() == HEARD.read_text(encoding="utf-8")


def test_every_key_and_variant_is_in_it() -> None:
    variants = {f"{key}/{name}" for key, names in VARIANTS.items() for name in names}
    assert set(LEADS) == BLIND_KEYS | OPEN_KEYS | variants


@pytest.mark.parametrize("name", sorted(LEADS))
def test_targets_are_never_promised(name: str) -> None:
    words = set(re.findall(r"[a-z]+", told(name).lower()))
    assert not words & {"guarantee", "guaranteed", "promise", "within", "sla", "commit"}
    assert "!" not in told(name)


def test_automatic_replies_are_told_nothing() -> None:
    decision = ask(auto_reply=True)
    assert tell(decision, SIMULATOR.policy({})) == ""


@pytest.mark.parametrize(
    ("region", "at", "text"),
    [
        ("UK", "2026-03-29T00:30", "00:30 on Sunday 29 March 2026, London (GMT)"),
        ("UK", "2026-03-29T01:30", "02:30 on Sunday 29 March 2026, London (BST)"),
        ("NA", "2026-11-01T06:30", "01:30 on Sunday 1 November 2026, New York (EST)"),
        ("ZA", "2026-03-03T22:30", "00:30 on Wednesday 4 March 2026, Johannesburg (SAST)"),
        ("AU", "2026-04-04T16:30", "02:30 on Sunday 5 April 2026, Melbourne (AEST)"),
        ("NZ", "2026-03-03T22:30", "11:30 on Wednesday 4 March 2026, Auckland (NZDT)"),
        ("SG", "2026-03-03T22:30", "06:30 on Wednesday 4 March 2026, Singapore (UTC+08:00)"),
        ("OFF", "2026-07-03T22:30", "23:30 on Friday 3 July 2026, Jersey (BST)"),
    ],
)
def test_local_times(region: str, at: str, text: str) -> None:
    assert local_time(utc(at), default_pack().regions[region]) == text


def test_numbers_to_call() -> None:
    regions = default_pack().regions
    assert number_text(regions["UK"]) == "+44 20 7847 8701"
    australia = "1300 302 953 (only inside the country) or +61 3 9017 5101"
    assert number_text(regions["AU"]) == australia


def test_numbers_as_the_source_wrote_them() -> None:
    source = shipped_source(default_name()).replace(
        "key: numbers.format, type: choice, default: international",
        "key: numbers.format, type: choice, default: source",
    )
    asked = ORDINARY | {"severity": "P1"}
    decision, policy = Simulator(read_pack(source, "x")).ask(asked)
    assert "please call +44 (0) 20 7847 8701 and quote" in tell(decision, policy)


@pytest.mark.parametrize("name", shipped_names())
def test_own_words_for_the_target(name: str) -> None:
    policy = Policy(shipped_pack(name), {"targets.label": "our aim"})
    from heliodesk.entitlements.request import Channel, ContactRole, Request
    from heliodesk.entitlements.rules import decide

    request = Request(channel=Channel.WEB, contact_role=ContactRole.AUTHORISED)
    decision = decide(request, policy, utc("2026-03-03T10:00"))
    assert "Our aim for a first response is" in tell(decision, policy)


if __name__ == "__main__":
    SNAPSHOT.write_text(snapshot(), encoding="utf-8")
    HEARD.write_text(heard(), encoding="utf-8")
