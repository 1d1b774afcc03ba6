"""What applies at a minute, by package, role, region and hour: as the decision has it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from heliodesk.entitlements.facts import PackageFacts
from heliodesk.entitlements.pack.reader import read_pack
from heliodesk.entitlements.pack.shipped import shipped_source
from heliodesk.entitlements.policy import Policy
from heliodesk.entitlements.request import ContactRole
from heliodesk.web.portal import applies, targets
from heliodesk.web.portal.applies import Applies, Asker

#: A Tuesday in London: in the morning, in the evening, and a Saturday night.
MORNING = datetime(2026, 3, 3, 10, tzinfo=UTC)
EVENING = datetime(2026, 3, 3, 20, tzinfo=UTC)
SATURDAY = datetime(2026, 3, 7, 3, tzinfo=UTC)


@pytest.fixture(scope="module")
def policy() -> Policy:
    """The shipped policy."""
    return Policy(read_pack(shipped_source("mimecast-2018"), "mimecast-2018"))


def at(policy: Policy, package: str | None, when: datetime, **how: Any) -> Applies:
    return applies.of(Asker(region="UK", package=PackageFacts(package), **how), policy, when)


@pytest.mark.parametrize(
    ("package", "when", "p1", "general"),
    [
        ("gold", SATURDAY, "24/7", "24/7"),
        ("silver", MORNING, "24/7", "until 17:00"),
        ("silver", EVENING, "24/7", "closed"),
        ("bronze", MORNING, "until 17:00", "closed"),
        (None, MORNING, "not in your package", "not in your package"),
    ],
)
def test_telephone_by_package_and_hour(
    policy: Policy, package: str | None, when: datetime, p1: str, general: str
) -> None:
    found = at(policy, package, when)
    assert found.rights[0].when == p1
    if package != "bronze":
        assert found.rights[1].when == general
    else:
        assert found.rights[1].more == "Only for questions of the implementation"


def test_a_designated_contacts_p1_is_taken_at_any_hour(policy: Policy) -> None:
    """C1, C2."""
    found = at(policy, "bronze", SATURDAY, role=ContactRole.DESIGNATED)
    assert found.p1_always
    assert "You are a designated contact" in found.rights[0].more
    assert not at(policy, "bronze", SATURDAY).p1_always


def test_mail_is_taken_in_at_night_and_answered_later(policy: Policy) -> None:
    """C4."""
    right = at(policy, "silver", EVENING).rights[2]
    assert (right.when, right.more) == ("taken in now", "Answered from tomorrow, 09:00")


def test_an_expired_package_counts_as_the_base(policy: Policy) -> None:
    """C18."""
    old = Asker(region="UK", package=PackageFacts("gold", expired_days=60))
    assert applies.of(old, policy, MORNING).package == "base"
    graced = Asker(region="UK", package=PackageFacts("gold", expired_days=3))
    assert applies.of(graced, policy, MORNING).package == "gold"


def test_targets_are_aims_with_their_time(policy: Policy) -> None:
    found = targets.sentences(at(policy, "gold", MORNING), MORNING)
    assert found["P2"] == "We aim to answer within 2 h, day and night: by today, 12:00."
    assert found["P3"].startswith("We aim to answer within 8 h of business time: by tomorrow")


def test_a_visitor_is_told_no_target_and_no_package(policy: Policy) -> None:
    found = applies.of(Asker(region="UK", visitor=True), policy, MORNING)
    assert set(targets.sentences(found, MORNING).values()) == {""}
    assert found.rights[0].when == "by your package"


def test_times_are_the_readers_own(policy: Policy) -> None:
    found = at(policy, "silver", MORNING, zone="America/New_York")
    assert found.rights[2].when == "until 12:00"


def test_a_region_that_the_policy_does_not_know_is_the_usual_one(policy: Policy) -> None:
    found = applies.of(Asker(region="MARS"), policy, MORNING)
    assert found.own
    assert found.region.code == policy.place(None).region.code


def test_every_regions_numbers_are_there_own_first(policy: Policy) -> None:
    found = applies.of(Asker(region="AU"), policy, MORNING)
    assert found.numbers[0].region == "AU"
    assert len(found.numbers) == 7
    assert [n.national for n in found.numbers[0].numbers] == [True, False]
