"""Calls: what each cell of the telephone table comes to, and what the caller hears."""

from itertools import product

import pytest

from heliodesk.entitlements.decision import Verdict
from heliodesk.entitlements.pack.shipped import default_pack, shipped_names, shipped_pack
from heliodesk.entitlements.policy import Policy
from heliodesk.entitlements.request import AccountId, Channel, ContactRole, Request
from heliodesk.entitlements.rules import Answer, answered, decide
from heliodesk.entitlements.speech import digits, numbers, say
from tests.entitlements.asking import CALL, NIGHT, P1_CALL, SIMULATOR, ask, utc

PACKAGES = ("base", "bronze", "silver", "gold", "platinum")
DAY: dict[str, object] = {}
# request, caller, hour, what the five packages give from base to platinum
TABLE = [
    (P1_CALL, "designated", DAY, "p1 p1 p1 p1 p1"),
    (P1_CALL, "designated", NIGHT, "p1 p1 p1 p1 p1"),
    (P1_CALL, "authorised", DAY, "call_back p1 p1 p1 p1"),
    (P1_CALL, "partner", DAY, "call_back p1 p1 p1 p1"),
    (P1_CALL, "authorised", NIGHT, "call_back call_back p1 p1 p1"),
    (P1_CALL, "partner", NIGHT, "call_back call_back p1 p1 p1"),
    (P1_CALL, "unknown", NIGHT, "call_back call_back call_back call_back call_back"),
    (P1_CALL, "other_account", DAY, "call_back call_back call_back call_back call_back"),
    (P1_CALL, "partner_unlinked", DAY, "call_back call_back call_back call_back call_back"),
    (CALL, "authorised", DAY, "in_writing in_writing connect connect connect"),
    (CALL, "designated", NIGHT, "in_writing in_writing in_writing connect connect"),
    (CALL, "unknown", DAY, "refuse refuse refuse refuse refuse"),
    (CALL, "other_account", DAY, "refuse refuse refuse refuse refuse"),
    (CALL, "partner_unlinked", DAY, "refuse refuse refuse refuse refuse"),
]


@pytest.mark.parametrize(("request_", "role", "hour", "row"), TABLE)
def test_the_telephone_table(
    request_: dict[str, object], role: str, hour: dict[str, object], row: str
) -> None:
    found = [
        answered(ask(**(request_ | hour | {"contact_role": role, "package": package})))
        for package in PACKAGES
    ]
    assert found == row.split()


@pytest.mark.parametrize("package", PACKAGES)
def test_no_id_but_a_designated_contact_is_called_back(package: str) -> None:
    facts = P1_CALL | {"account_id": "missing", "contact_role": "designated", "package": package}
    assert answered(ask(**facts)) is Answer.CALL_BACK
    assert ask(**facts).priority == "P1"


@pytest.mark.parametrize("package", PACKAGES)
@pytest.mark.parametrize("severity", ["P1", "P2", "P3"])
def test_an_open_p1_reaches_its_owner_at_any_hour(package: str, severity: str) -> None:
    """A7: whatever severity the caller names, and on every package."""
    facts = CALL | NIGHT | {"existing_case": "open", "existing_priority": "P1"}
    found = ask(**(facts | {"package": package, "severity": severity}))
    assert answered(found) is Answer.CONNECT
    assert (found.message, found.queue) == ("p1.open_case", "p1-hotline")


def test_the_rest_of_the_outcomes() -> None:
    implementing = {"lifecycle": "implementation", "case_type": "implementation"}
    assert answered(ask(**(CALL | implementing | {"package": "bronze"}))) is Answer.CONNECT
    assert answered(ask(**(P1_CALL | {"p1_criteria_met": False}))) is Answer.CONNECT
    ended = {"contract": {"service": "terminated"}}
    assert answered(ask(**(CALL | ended))) is Answer.CALL_BACK
    assert answered(ask(**(P1_CALL | ended))) is Answer.CALL_BACK
    strict = {"settings": {"p1.designated_override": False}}
    late = P1_CALL | NIGHT | strict | {"package": "bronze", "contact_role": "designated"}
    assert answered(ask(**late)) is Answer.IN_WRITING
    refusing = CALL | NIGHT | {"settings": {"phone.outside": "refuse"}}
    assert answered(ask(**refusing)) is Answer.REFUSE
    again = CALL | {"existing_case": "closed_recent"}
    assert answered(ask(**again)) is Answer.CONNECT
    assert answered(ask(**(again | NIGHT))) is Answer.IN_WRITING


@pytest.mark.parametrize("name", shipped_names())
def test_every_call_is_told_something(name: str) -> None:
    """Whatever the caller is, the answer and the sentence agree, and no bracket is read out."""
    pack = shipped_pack(name)
    policy, instants = Policy(pack), (utc("2026-03-03T10:00"), utc("2026-03-07T03:00"))
    everything = product(pack.packages, pack.regions, ContactRole, AccountId, ("P1", "P3"))
    for (package, region, role, id, severity), at in product(everything, instants):
        request = Request(
            channel=Channel.PHONE, contact_role=role, account_id=id, package=package.code,
            region=region, severity=severity,
        )  # fmt: skip
        decision = decide(request, policy, at)
        heard = say(decision, policy, reference="48120990")
        assert heard, request
        assert not set("[]{}@") & set(heard), heard
        if answered(decision) in {Answer.CONNECT, Answer.P1, Answer.IN_WRITING}:
            assert decision.makes_case
            assert "4 8 1 2, 0 9 9 0" in heard
        if decision.decision is Verdict.REJECT:
            assert answered(decision) in {Answer.REFUSE, Answer.CALL_BACK}


def test_what_a_caller_hears() -> None:
    policy = SIMULATOR.policy({})
    p1 = ask(**(P1_CALL | {"region": "ZA"}))
    assert say(p1, policy, reference="48120990") == (
        "Your case is 4 8 1 2, 0 9 9 0, priority 1, Critical, and an engineer is being called to it"
        " now. Our target for a first response is 13:00 on Tuesday 3 March, Johannesburg time;"
        " the clock runs day and night."
    )
    refused = ask(**(CALL | NIGHT | {"settings": {"phone.outside": "refuse"}}))
    assert say(refused, policy) == (
        "Telephone support for your package is closed now and opens again at 09:00 on Monday"
        " 9 March, London time. You can write to us at support at mimecast dot com at any hour."
    )
    assert "case the reference that we send you" in say(ask(**(CALL | NIGHT)), policy)


def test_digits_and_numbers() -> None:
    assert digits("4812 0990") == "4 8 1 2, 0 9 9 0"
    assert numbers(default_pack().regions["AU"]) == (
        "1 3 0 0, 3 0 2, 9 5 3, only inside the country, or plus 6 1, 3, 9 0 1 7, 5 1 0 1"
    )
