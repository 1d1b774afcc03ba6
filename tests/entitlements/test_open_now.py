"""What the account card says is open at this minute."""

import pytest

from heliodesk.entitlements.card import card
from heliodesk.entitlements.pack.shipped import default_pack
from heliodesk.entitlements.policy import Policy, UnknownCode
from heliodesk.entitlements.rules import open_now
from tests.entitlements.asking import utc

POLICY = Policy(default_pack())
CARDS = [
    (
        "silver",
        "UK",
        "2026-03-03T14:46",
        [
            "Phone: open, closes 17:00 London, 02:14 left",
            "P1 calls: open at every hour",
            "E-mail: target for a response to one sent now 14:46 on Wed 4 Mar London",
        ],
    ),
    (
        "silver",
        "NZ",
        "2026-04-02T09:00",
        [
            "Phone: closed, opens 09:00 on Tue 7 Apr Auckland",
            "P1 calls: open at every hour",
            "E-mail: target for a response to one sent now 17:00 on Tue 7 Apr Auckland",
        ],
    ),
    (
        "bronze",
        "UK",
        "2026-03-07T03:00",
        [
            "Phone: for implementation only, closed, opens 09:00 on Mon 9 Mar London",
            "P1 calls: closed, opens 09:00 on Mon 9 Mar London; "
            "open to designated contacts at any hour",
            "E-mail: target for a response to one sent now 17:00 on Mon 9 Mar London",
        ],
    ),
    (
        "base",
        "UK",
        "2026-03-03T10:00",
        [
            "Phone: not in the package",
            "P1 calls: not in the package; open to designated contacts at any hour",
            "E-mail: target for a response to one sent now 10:00 on Thu 5 Mar London",
        ],
    ),
    (
        "platinum",
        "SG",
        "2026-03-03T02:00",
        [
            "Phone: open at every hour",
            "P1 calls: open at every hour",
            "E-mail: target for a response to one sent now 14:00 Singapore",
        ],
    ),
]


@pytest.mark.parametrize(("package", "region", "at", "lines"), CARDS)
def test_card(package: str, region: str, at: str, lines: list[str]) -> None:
    assert card(open_now(POLICY, package, region, utc(at)), POLICY) == lines


def test_settings_close_the_door_to_designated_contacts() -> None:
    strict = Policy(default_pack(), {"p1.designated_override": False})
    found = open_now(strict, "bronze", "UK", utc("2026-03-07T03:00"))
    assert not found.p1_designated_any_hour
    without = Policy(default_pack(), {"p1.base_designated": False})
    assert not open_now(without, None, None, utc("2026-03-03T10:00")).p1_designated_any_hour


def test_unknown_codes_are_named() -> None:
    with pytest.raises(UnknownCode, match="package 'tin'"):
        open_now(POLICY, "tin", "UK", utc("2026-03-03T10:00"))
    with pytest.raises(UnknownCode, match="region 'MOON'"):
        open_now(POLICY, None, "MOON", utc("2026-03-03T10:00"))
