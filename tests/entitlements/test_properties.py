"""What must hold for every request whatever, tried on thousands drawn at random."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from heliodesk.calendars.rules import closes_at, is_open
from heliodesk.entitlements.decision import Decision, Effect, Verdict
from heliodesk.entitlements.pack.model import ClockKind, Pack
from heliodesk.entitlements.pack.settings import KEYS
from heliodesk.entitlements.pack.shipped import shipped_names, shipped_pack
from heliodesk.entitlements.pack.wordings import BLIND_KEYS
from heliodesk.entitlements.policy import Policy
from heliodesk.entitlements.request import (
    AccountId,
    CaseType,
    Channel,
    ContactRole,
    ExistingCase,
    Lifecycle,
    Request,
    Service,
)
from heliodesk.entitlements.rules import decide
from heliodesk.entitlements.wording import tell

CASES = 1500
STRANGERS = {
    ContactRole.FORMER,
    ContactRole.OTHER_ACCOUNT,
    ContactRole.PARTNER_UNLINKED,
    ContactRole.UNKNOWN,
    ContactRole.UNKNOWN_DOMAIN_OK,
}
WORTH = {
    Verdict.DROP: 0,
    Verdict.REJECT: 1,
    Verdict.HOLD: 2,
    Verdict.ACCEPT_RESTRICTED: 3,
    Verdict.ACCEPT_WRITTEN: 4,
    Verdict.ACCEPT_DOWNGRADED: 4,
    Verdict.ACCEPT_DEFERRED: 5,
    Verdict.ACCEPT: 6,
    Verdict.NEW_LINKED: 6,
    Verdict.REOPEN: 6,
}


def some_request(rng: random.Random, pack: Pack) -> Request:
    """A request of any kind, ordinary ones more often."""
    return Request(
        channel=rng.choice(list(Channel)),
        contact_role=rng.choice([*ContactRole, *3 * [ContactRole.AUTHORISED]]),
        account_id=rng.choice([*AccountId, *4 * [AccountId.VALID]]),
        region=rng.choice([*pack.regions, None]),
        contact_region=rng.choice([*pack.regions, None]),
        endpoint=rng.choice([*pack.mail_addresses, "SG number", None]),
        severity=rng.choice(["P1", "P1", "P2", "P3", "P4", None]),
        case_type=rng.choice(list(CaseType)),
        lifecycle=rng.choice(list(Lifecycle)),
        service=rng.choice([*4 * [Service.ACTIVE], Service.TERMINATED]),
        package_expired_days=rng.choice([0, 0, 0, 5, 14, 15, 60]),
        accounts_known=rng.choice([None, 1, 2]),
        existing_case=rng.choice([None, None, *ExistingCase]),
        existing_priority=rng.choice([None, "P1", "P3"]),
        closed_days=rng.choice([0, 3, 14, 15, 60]),
        auto_reply=rng.random() < 0.05,
        issue_details_length=rng.choice([None, 0, 400, 2001]),
        missing_fields=rng.choice([(), ("date",)]),
        p1_criteria_met=rng.random() < 0.8,
        assessed_severity=rng.choice([None, "P1", "P2", "P4"]),
        major_incident_open=rng.random() < 0.3,
        courtesy_used=rng.choice([0, 2]),
    )


def some_policy(rng: random.Random, pack: Pack) -> Policy:
    """The pack with up to three of its settings turned."""
    overrides: dict[str, object] = {}
    for key in rng.sample(sorted(KEYS), rng.choice([0, 0, 1, 3])):
        kind, options = KEYS[key]
        if kind == "bool":
            overrides[key] = rng.random() < 0.5
        elif kind == "choice":
            overrides[key] = rng.choice(options)
    return Policy(pack, overrides)


def some_instant(rng: random.Random) -> datetime:
    return datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=rng.randrange(2 * 525_600))


def drawn(pack: Pack, seed: str) -> list[tuple[Request, Policy, datetime]]:
    rng = random.Random(pack.code + seed)
    policies = [some_policy(rng, pack) for _ in range(40)]
    return [
        (
            replace(some_request(rng, pack), package=rng.choice(pack.packages).code),
            rng.choice(policies),
            some_instant(rng),
        )
        for _ in range(CASES)
    ]


@pytest.fixture(params=shipped_names(), scope="module")
def pack(request: pytest.FixtureRequest) -> Pack:
    return shipped_pack(str(request.param))


def test_a_higher_package_is_never_worse(pack: Pack) -> None:
    for request, policy, at in drawn(pack, "rank"):
        below: Decision | None = None
        for package in pack.packages:
            found = decide(replace(request, package=package.code), policy, at)
            if below is not None:
                assert WORTH[found.decision] >= WORTH[below.decision], request
                assert (found.priority or "P9") <= (below.priority or "P9"), request
                if below.due and found.due:
                    assert found.due <= below.due, request
                if below.target_minutes and found.target_minutes:
                    assert found.target_minutes <= below.target_minutes, request
            below = found


def test_same_question_same_answer(pack: Pack) -> None:
    for request, policy, at in drawn(pack, "same"):
        assert decide(request, policy, at) == decide(request, policy, at)


def test_p1_comes_from_calls_only(pack: Pack) -> None:
    for request, policy, at in drawn(pack, "p1"):
        found = decide(request, policy, at)
        if found.priority == "P1":
            assert request.channel is Channel.PHONE, request
            assert request.p1_criteria_met, request


def test_due_is_not_in_the_past_and_falls_into_open_time(pack: Pack) -> None:
    for request, policy, at in drawn(pack, "due"):
        found = decide(replace(request, contact_region=None, endpoint=None), policy, at)
        if found.due is None:
            assert not found.makes_case, request
            continue
        assert found.due > at
        assert found.due.tzinfo is UTC
        if found.clock is ClockKind.BUSINESS_HOURS:
            calendar = policy.place(request.region).calendar
            just_before = found.due - timedelta(microseconds=1)
            assert is_open(calendar, just_before)
            assert is_open(calendar, found.due) or closes_at(calendar, just_before) == found.due
        else:
            assert found.due - at == timedelta(minutes=found.target_minutes or 0)


def test_strangers_learn_nothing_of_an_account(pack: Pack) -> None:
    """The words depend on nothing that is the account's: package, region, contract."""
    first, last = pack.packages[0].code, pack.packages[-1].code
    for request, policy, at in drawn(pack, "blind"):
        if request.contact_role not in STRANGERS:
            continue
        found = decide(request, policy, at)
        assert found.message in BLIND_KEYS | {"none", "web.too_long", "web.details_missing"}
        words = {
            tell(
                decide(replace(request, package=package, region=region, service=service), *rest),
                policy,
            )
            for package in (first, last)
            for region in pack.regions
            for service in Service
            for rest in [(policy, at)]
        }
        assert len(words) == 1, request
        assert found.priority is None or found.decision is Verdict.ACCEPT_RESTRICTED


@pytest.mark.parametrize("channel", Channel)
def test_strangers_cannot_find_out_which_ids_exist(pack: Pack, channel: Channel) -> None:
    policy, at = Policy(pack), datetime(2026, 3, 3, 10, tzinfo=UTC)
    for role in (ContactRole.UNKNOWN, ContactRole.FORMER):
        words = {
            tell(
                decide(Request(channel=channel, contact_role=role, account_id=i), policy, at),
                policy,
            )
            for i in AccountId
        }
        assert len(words) == 1


def test_every_outcome_names_its_rules(pack: Pack) -> None:
    for request, policy, at in drawn(pack, "rules"):
        found = decide(request, policy, at)
        assert found.rules
        assert all(reason.refs and reason.says for reason in found.rules)
        steps = [reason.rule for reason in found.rules]
        assert steps == sorted(steps)
        if found.decision is not Verdict.ACCEPT:
            assert any(reason.effect is Effect.CHANGED for reason in found.rules), request
        if not found.makes_case:
            assert found.rules[-1].effect is Effect.CHANGED
        assert list(found.flags) == sorted(set(found.flags))
        assert found.message == "none" or found.message in pack.messages


def test_an_instant_without_zone_is_refused(pack: Pack) -> None:
    request = Request(channel=Channel.WEB, contact_role=ContactRole.AUTHORISED)
    with pytest.raises(ValueError, match="no time zone"):
        decide(request, Policy(pack), datetime(2026, 3, 3, 10))  # noqa: DTZ001 (a time without zone is what is refused)
