"""What two packs say differently, value by value."""

from heliodesk.entitlements.pack.differences import Difference, differences
from heliodesk.entitlements.pack.reader import read_pack
from heliodesk.entitlements.pack.shipped import default_pack, shipped_pack, shipped_source

SOURCE = shipped_source("mimecast-2018")


def changed(*pairs: tuple[str, str]) -> list[Difference]:
    text = SOURCE
    for before, after in pairs:
        assert before in text
        text = text.replace(before, after, 1)
    return differences(default_pack(), read_pack(text, "x"))


def test_each_kind_of_value() -> None:
    assert changed(("gold: {value: annual, tag: U}", "gold: {value: none, tag: X}")) == [
        ("cell", "cyber_resilience, gold", "annual (U)", "none (X)")
    ]
    assert changed(("silver: {P1: {minutes: 60", "silver: {P1: {minutes: 45")) == [
        ("target", "first response, silver, P1", "60 min, 24x7", "45 min, 24x7")
    ]
    setting = "key: p1.base_designated, type: bool, default: true"
    assert changed((setting, setting.replace("true", "false"))) == [
        ("setting", "p1.base_designated", "yes", "no")
    ]
    hours = 'zone: Europe/Jersey, hours: {mon-fri: ["09:00-17:00"]}'
    assert changed((hours, hours.replace("17:00", "18:00"))) == [
        ("hours", "OFF", "mon-fri 09:00-17:00", "mon-fri 09:00-18:00")
    ]
    (sentence,) = changed(("We have added your message", "We added your message"))
    assert sentence[:2] == ("sentence", "case.accepted, reply")


def test_nothing_differs_from_itself_and_much_from_another_vendor() -> None:
    assert changed() == []
    found = differences(default_pack(), shipped_pack("tidewater-2026"))
    assert ("package", "gold", "3 Gold", "") in found
    assert ("package", "ocean", "", "2 Ocean") in found
    assert {one.kind for one in found} == {
        "pack", "package", "cell", "target", "setting", "region", "hours", "address", "sentence"
    }  # fmt: skip
