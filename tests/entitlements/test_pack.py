"""The shipped packs hold what they should, and nothing in the code names their packages."""

from collections import Counter
from pathlib import Path

import phonenumbers
import pytest

import heliodesk
from heliodesk.entitlements.pack.doubts import doubts
from heliodesk.entitlements.pack.model import Metric, Tag
from heliodesk.entitlements.pack.settings import SettingError, decision_settings
from heliodesk.entitlements.pack.shipped import (
    default_pack,
    pack_at,
    shipped_names,
    shipped_pack,
)

PACK = default_pack()
MATRIX = {
    "support_community": "yes yes yes yes",
    "knowledge_base": "yes yes yes yes",
    "bc_planning_manual": "yes yes yes yes",
    "weekly_service_report": "weekly weekly weekly weekly",
    "monitoring_alerting": "standard standard proactive proactive",
    "service_business_review": "none none annual biannual",
    "customer_success": "none success_desk named_csm named_senior_sm",
    "proactive_success_plan": "no no yes yes",
    "immersion_session": "none none annual annual+onsite_day",
    "cyber_resilience": "none none annual annual",
    "beta_eligibility": "no no yes yes",
    "executive_sponsor": "no no no yes",
    "sop_policy_review": "none none none annual",
    "roadmap_planning": "none none none annual",
    "academy_instructor_led": "no no yes yes",
    "videos_content_webinars": "yes yes yes yes",
    "annual_video_training": "none none annual annual",
    "general_phone": "implementation_only local_business_hours always always",
    "p1_phone": "local_business_hours always always always",
    "follow_the_sun_p1": "no no yes yes",
}


def test_matrix_cell_by_cell() -> None:
    words = {True: "yes", False: "no"}
    found = {
        row.code: " ".join(
            words[c.value] if isinstance(c.value, bool) else c.value
            for package, c in row.cells.items()
            if package != "base"
        )
        for row in PACK.offerings()
    }
    assert found == MATRIX


def test_families_and_tags() -> None:
    assert [len(family.offerings) for family in PACK.families] == [14, 3, 3]
    tags = Counter(
        cell.tag for row in PACK.offerings() for code, cell in row.cells.items() if code != "base"
    )
    assert tags == {Tag.STATED: 16, Tag.DEDUCED: 10, Tag.INFERRED: 44, Tag.UNKNOWN: 10}
    assert len(PACK.to_review()) == 10


def test_grades_of_the_p1_line() -> None:
    row = PACK.granting("p1_phone")
    assert row is not None
    grades = [row.cells[package.code].grade for package in PACK.packages]
    assert grades == ["standard", "standard", "standard", "prioritized", "enhanced"]


def test_targets() -> None:
    first = PACK.targets[Metric.FIRST_RESPONSE]
    minutes = {code: [row[p].minutes for p in sorted(row)] for code, row in first.items()}
    assert minutes == {
        "base": [60, 480, 960, 1440],
        "bronze": [60, 240, 480, 960],
        "silver": [60, 240, 480, 960],
        "gold": [30, 120, 480, 960],
        "platinum": [15, 60, 240, 480],
    }


def test_every_reading_has_its_setting() -> None:
    refs = {ref for spec in PACK.settings.values() for ref in spec.refs}
    assert {f"C{number}" for number in range(1, 39)} <= refs


def test_numbers_addresses_and_pattern() -> None:
    numbers = {
        number.e164: number.national_only
        for region in PACK.regions.values()
        for number in region.numbers
    }
    assert len(numbers) == 8
    assert [e164 for e164, national in numbers.items() if national] == ["+611300302953"]
    assert all(phonenumbers.is_valid_number(phonenumbers.parse(e164)) for e164 in numbers)
    assert PACK.regions["AU"].numbers[0].source == "1300 302 953"
    assert PACK.mail_addresses["offshore"] == "support@foreshore.net"
    assert PACK.identifier.pattern == r"\d{2}-\d{4}-\d{7}"
    assert PACK.regions["OFF"].data_boundary == "offshore"


@pytest.mark.parametrize("name", shipped_names())
def test_shipped_packs_can_be_used(name: str) -> None:
    pack = shipped_pack(name)
    assert set(pack.regions) <= set(pack.calendars)
    assert pack_at(name) is pack
    decision_settings(pack.settings, {})
    assert not [doubt for doubt in doubts(pack) if "sample" not in doubt]


def test_the_second_pack_shares_no_package() -> None:
    other = shipped_pack("tidewater-2026")
    assert len(other.packages) == 3
    assert not {p.code for p in other.packages} & {p.code for p in PACK.packages}


def test_nothing_in_the_code_names_a_package_or_the_vendor() -> None:
    names = [PACK.vendor, *(package.label for package in PACK.packages[1:])]
    for file in Path(heliodesk.__file__).parent.rglob("entitlements/**/*.py"):
        text = file.read_text().lower()
        assert not [name for name in names if name.lower() in text], file


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("no.such", "x", "not known"),
        ("p1.designated_override", "perhaps", "true or false"),
        ("case.reopen_days", -1, "at least 0"),
        ("case.reopen_days", True, "whole number"),
        ("phone.outside", "shout", "one of"),
        ("region.default", "MOON", "one of"),
        ("p1.criteria", "x", "list of words"),
    ],
)
def test_settings_refuse_what_does_not_fit(key: str, value: object, says: str) -> None:
    with pytest.raises(SettingError, match=says):
        decision_settings(PACK.settings, {key: value})
