"""What the desk signed it recognises; what it did not sign is no reference."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from heliodesk.channels import threading_ids
from heliodesk.kernel.references import case_reference, held_reference

CASE = case_reference(4812099)
HELD = held_reference(77)


@pytest.fixture(autouse=True)
def keys(settings: Settings) -> None:
    settings.SECRET_KEYS = ["new key of the desk", "old key of the desk"]


@pytest.mark.parametrize("ref", [CASE, HELD])
def test_a_message_id_of_ours_leads_back(ref: str) -> None:
    own = threading_ids.message_id("acknowledgement", ref, "Desk.Example")
    assert re.fullmatch(
        r"<acknowledgement\.[0-9a-z-]+\.[0-9a-f]{12}\.[a-z2-7]{26}@desk.example>", own
    )
    assert threading_ids.ref_in_message_id(own) == ref
    assert threading_ids.ref_in_message_id(f"<a@b> {own.upper()}\r\n\t<c@d>") == ref


@pytest.mark.parametrize("ref", [CASE, HELD])
def test_a_reply_address_of_ours_leads_back(ref: str) -> None:
    address = threading_ids.reply_address("support@desk.example", ref)
    assert address.startswith("support+") and address.endswith("@desk.example")
    assert len(address.split("@")[0]) <= 64
    assert threading_ids.ref_in_address(address) == ref
    assert threading_ids.ref_in_address(f'"Desk, Support" <{address.upper()}>') == ref


def test_message_ids_differ_unless_told() -> None:
    first, second = (threading_ids.message_id("reply", CASE, "d.example") for _ in range(2))
    assert first != second
    told = [threading_ids.message_id("reply", CASE, "d.example", nonce="Row9") for _ in range(2)]
    assert told[0] == told[1] and threading_ids.ref_in_message_id(told[0]) == CASE


def test_another_reference_under_the_same_token_is_forged() -> None:
    other = case_reference(4812100)
    own = threading_ids.message_id("reply", CASE, "d.example")
    assert threading_ids.ref_in_message_id(own.replace(CASE, other)) is None
    address = threading_ids.reply_address("support@d.example", CASE)
    assert threading_ids.ref_in_address(address.replace(CASE, other)) is None
    token = address.split("-")[-1].split("@")[0]
    assert threading_ids.ref_in_message_id(f"<reply.{CASE}.a.{token}@d.example>") is None


def test_keys_rotate(settings: Settings) -> None:
    own = threading_ids.message_id("reply", CASE, "d.example")
    address = threading_ids.reply_address("support@d.example", CASE)
    settings.SECRET_KEYS = ["newer", "new key of the desk"]
    assert threading_ids.ref_in_message_id(own) == threading_ids.ref_in_address(address) == CASE
    settings.SECRET_KEYS = ["newer"]
    assert threading_ids.ref_in_message_id(own) is threading_ids.ref_in_address(address) is None


def test_a_mailbox_too_long_for_a_token_answers_from_itself() -> None:
    mailbox = "customer-support-department-for-all@d.example"
    assert threading_ids.reply_address(mailbox, CASE) == mailbox


def test_a_flood_of_forged_ids_is_not_tried_to_the_end() -> None:
    forged = f"<reply.{CASE}.a.{'a' * 26}@d.example> "
    assert threading_ids.ref_in_message_id(forged * 50_000) is None


@given(st.text())
def test_any_text_is_no_reference(text: str) -> None:
    assert threading_ids.ref_in_message_id(text) is None
    assert threading_ids.ref_in_address(text) is None
