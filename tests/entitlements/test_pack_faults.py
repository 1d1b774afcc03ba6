"""A pack that cannot be used is refused with file, line and reason."""

import re

import pytest

from heliodesk.entitlements.pack.nodes import Fault, PackError
from heliodesk.entitlements.pack.reader import read_pack
from heliodesk.entitlements.pack.shipped import pack_at, shipped_source

SOURCE = shipped_source("mimecast-2018")

# what is replaced, with what, the reason given
FAULTS = [
    ("tag: S+, source: Proactive", "tag: Q, source: Proactive", "'Q' is not one of S, S+"),
    ("zone: Pacific/Auckland, hours", "zone: Pacific/Aukland, hours", "not a time zone"),
    ('hours: {mon-fri: ["09:00-17:00"]}', "hours: {}", "no open time"),
    ('mon-fri: ["09:00-17:00"]', 'mon-fry: ["09:00-17:00"]', "'mon-fry' is not a day"),
    ('["09:00-17:00"]', '["09:00-12:00", "11:00-17:00"]', "overlap"),
    ("country: GB", "country: Britain", "not a country code"),
    ("p1_phone\n        refs", "p9_phone\n        refs", "'p9_phone' is not one of"),
    ("bronze: {value: weekly, tag: I}", "bronze: {value: often, tag: I}", "is not none, weekly"),
    ("bronze: {value: weekly, tag: I}", "tin: {value: weekly, tag: I}", "not a package"),
    ("silver: {value: always, tag: S, grade", "silver: {value: none, tag: S, grade", "fewer hours"),
    ("P2: 240, P3: 480, P4: 960}\n    silver", "P2: 240, P3: 480}\n    silver", "P4 is missing"),
    ("P1: {minutes: 60", "P1: {minutes: 0", "whole number of at least 1"),
    ("default: cap_P2_and_prompt", "default: perhaps", "one of cap_P2_and_prompt"),
    ("key: case.reopen_days", "key: case.reopen_weeks", "settings are missing: case.reopen_days"),
    ("options: [hold, reject]", "options: [hold, burn]", "no rule follows the option burn"),
    ("  p1.open_case:", "  p1.opencase:", "not a message that any rule sends"),
    ("  p1.open_case:", "  p1.not_met:", "given twice"),
    ("Your service contract has ended", "Your {contract} has ended", "may not use {contract}"),
    ("We could not match your message", "Dear {package}", "may not use {package}"),
    ("Your service contract has", "Your service {contract has", "brace without its partner"),
    ('e164: "+442078478701"', 'e164: "0207 8478701"', "not a number in E.164"),
    ("address: support@foreshore.net", "address: foreshore", "not a mail address"),
    (r"'\d{2}-\d{4}-\d{7}'", "'(oops'", "not a pattern"),
    ("  - {code: gold, label: Gold", "  - {code: silver, label: Gold", "silver is given twice"),
    ("mail: offshore", "mail: moon", "'moon' is not one of"),
    ("  p1: p1-hotline", "  p2: p1-hotline", "p2 is not known here"),
    ("title: Mimecast support", "titel: Mimecast support", "titel is not known here"),
    ("sample: true", "sample: maybe", "true or false"),
]


def the_fault(old: str, new: str) -> Fault:
    """The only fault of the pack with this put in place of that."""
    assert old in SOURCE
    with pytest.raises(PackError) as caught:
        read_pack(SOURCE.replace(old, new, 1), "mine.yaml")
    (fault,) = caught.value.faults
    return fault


@pytest.mark.parametrize(("old", "new", "reason"), FAULTS, ids=[fault[2] for fault in FAULTS])
def test_fault_is_named_with_its_line(old: str, new: str, reason: str) -> None:
    fault = the_fault(old, new)
    assert reason in fault.reason
    assert fault.line > 1 or "titel" in reason
    assert str(fault).startswith("mine.yaml:")


def test_the_line_is_the_line_of_the_fault() -> None:
    broken = SOURCE.replace("country: SG", "country: singapore")
    wrong = next(n for n, line in enumerate(broken.splitlines(), 1) if "singapore}" in line)
    with pytest.raises(PackError) as caught:
        read_pack(broken, "mine.yaml")
    assert caught.value.faults[0].line == wrong


def test_several_faults_are_told_at_once() -> None:
    broken = SOURCE.replace("country: SG", "country: x").replace(
        "tag: S+, source", "tag: Z, source"
    )
    with pytest.raises(PackError) as caught:
        read_pack(broken, "mine.yaml")
    reasons = [fault.reason for fault in caught.value.faults]
    assert "'x' is not a country code such as GB" in reasons
    assert any(re.fullmatch(r"'Z' is not one of .* \(also in line \d+\)", one) for one in reasons)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        # Calendar, then its region, then the setting that names the region.
        ("UK, zone: Europe/London", "UK, zone: Europe/Lundon", "not a time zone"),
        # A package, then each cell of it.
        ("- {code: bronze, label", "- {cod: bronze, label", "cod is not known here"),
        ("  - {code: bronze, label: Bronze, refs: [R16]}\n", "", "pack (also in line"),
    ],
)
def test_what_follows_from_a_fault_is_not_told(old: str, new: str, reason: str) -> None:
    assert reason in the_fault(old, new).reason


def test_any_line_left_out_gives_few_faults() -> None:
    lines = SOURCE.splitlines()
    for at in range(0, len(lines), 29):
        try:
            read_pack("\n".join(lines[:at] + lines[at + 1 :]), "mine.yaml")
        except PackError as error:
            assert len(error.faults) <= 2, f"{lines[at]!r}: {error}"


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("", "empty"),
        ("a: [1", "not readable as YAML"),
        ("- a\n- b\n", "a mapping is expected"),
        ("a: &x [1]\nb: *x\n", "anchors"),
        ("a: !!python/object:os.system {}\n", "not known here"),
        ("\x00", "not readable"),
        ("[" * 50_000, "not readable"),
        ("a: " + "x" * 2_000_001, "too large"),
    ],
)
def test_what_is_no_pack_at_all(source: str, reason: str) -> None:
    with pytest.raises(PackError, match=reason):
        read_pack(source, "mine.yaml")


def test_a_file_that_is_not_there() -> None:
    with pytest.raises(PackError, match="No such file"):
        pack_at("/nowhere/pack.yaml")


def test_a_calendar_on_which_a_target_never_falls_due() -> None:
    source = shipped_source("tidewater-2026")
    hours = 'hours: {mon-fri: ["10:00-19:00"], sat: ["18:00-24:00"]}'
    assert hours in source
    with pytest.raises(PackError, match="the longest target would never fall due: calendar JP"):
        read_pack(source.replace(hours, 'hours: {mon: ["09:00-09:01"]}'), "x")
