"""Address lists, well formed and otherwise."""

import pytest

from heliodesk.intake.mail import Address, addresses, read
from tests.intake.mail.letters import letter


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("ann@x.example", [("", "ann@x.example")]),
        ("<ann@X.Example>", [("", "ann@x.example")]),
        ("Ann <ann@x.example>", [("Ann", "ann@x.example")]),
        ('"Example, Ann" <ann@x.example>', [("Example, Ann", "ann@x.example")]),
        ("Example, Ann <ann@x.example>", [("Example, Ann", "ann@x.example")]),
        ("ann@x.example (Ann (of X))", [("Ann (of X)", "ann@x.example")]),
        ("Ann [invalid] <ann@x.example>", [("Ann [invalid]", "ann@x.example")]),
        ('"Ann \\"A\\" Example" <ann@x.example>', [('Ann "A" Example', "ann@x.example")]),
        ("=?utf-8?q?J=C3=B6rn?= <j@x.example>", [("Jörn", "j@x.example")]),
        ('"=?utf-8?q?J=C3=B6rn?=" <j@x.example>', [("Jörn", "j@x.example")]),
        ("=?utf-8?q?a,_b?= <j@x.example>", [("a, b", "j@x.example")]),
        ("a@x.example, B <b@y.example>", [("", "a@x.example"), ("B", "b@y.example")]),
        ("Team: a@x.example, b@y.example;", [("", "a@x.example"), ("", "b@y.example")]),
        ("undisclosed-recipients:;", []),
        ("<@relay.example:ann@x.example>", [("", "ann@x.example")]),
        ("ann @ x.example", [("", "ann@x.example")]),
        ("'ann@x.example' <ann@x.example>", [("ann@x.example", "ann@x.example")]),
        ("Ann ann@x.example", [("Ann", "ann@x.example")]),
        ("Ann <ann@x.example", [("Ann", "ann@x.example")]),
        ('"quoted local"@x.example', [("", '"quoted local"@x.example')]),
        ("Mail Delivery System <>", [("Mail Delivery System", "")]),
        ("Ann", [("Ann", "")]),
        ("", []),
        (",,;", []),
    ],
)
def test_lists(value: str, found: list[tuple[str, str]]) -> None:
    assert addresses.parse(value) == [Address(*item) for item in found]


def test_sender_without_address_falls_back_to_reply_to() -> None:
    mail = read(letter(From="Ann Example", Reply_To="ann@customer.example"))
    assert mail.sender == Address("Ann Example", "ann@customer.example")


def test_routing_addresses_come_from_the_envelope_first() -> None:
    mail = read(letter(Delivered_To="desk+tok@desk.example", Cc="Boss <boss@x.example>"))
    assert mail.recipients == ("desk+tok@desk.example", "support@desk.example", "boss@x.example")


@pytest.mark.parametrize(
    ("field", "path"), [("<>", ""), ("<a@x.example>", "a@x.example"), ("", "")]
)
def test_return_path(field: str, path: str) -> None:
    assert read(letter(Return_Path=field)).return_path == path


def test_no_return_path_is_not_the_null_path() -> None:
    assert read(letter()).return_path is None
