"""Who is asking, and what becomes of it: one line a situation (R41-R44, C7-C12, C16, C31, C32)."""

import pytest

from heliodesk.cases.models import Case
from heliodesk.channels.models import Outbound
from heliodesk.intake.models import HeldItem
from tests.intake import post
from tests.intake.conftest import HALVORSEN, JERSEY, NORTHWIND, World

pytestmark = pytest.mark.django_db

#: sender, subject, then the account it becomes a case of, and flags that must be there.
FILED = [
    ("mara@northwind.example", f"({NORTHWIND}) late", "Northwind Freight", set()),
    ("Mara <MARA@Northwind.Example>", f"({NORTHWIND}) late", "Northwind Freight", set()),
    ("mara.lind@private.example", f"({NORTHWIND}) late", "Northwind Freight", set()),
    ("mara@northwind.example", f"RE: FW: [EXT] ({NORTHWIND}) late", "Northwind Freight", set()),
    ("mara@northwind.example", f"{NORTHWIND} late", "Northwind Freight", set()),
    ("mara@northwind.example", f"[{NORTHWIND}] late", "Northwind Freight", set()),
    ("mara@northwind.example", "(1022330012345) late", "Northwind Freight", set()),
    ("mara@northwind.example", "( 10 2233 0012345 ) late", "Northwind Freight", set()),
    ("mara@northwind.example", "late", "Northwind Freight", {"id_missing"}),
    ("mara@northwind.example", "(99-9999-9999999) late", "Northwind Freight", {"id_unmatched"}),
    ("mara@northwind.example", "(10-2233-001234) late", "Northwind Freight", {"id_malformed"}),
    ("new@northwind.example", f"({NORTHWIND}) late", "Northwind Freight", {"contact_unverified"}),
    ("pat@hands.example", f"({NORTHWIND}) late", "Northwind Freight", set()),
    ("both@consult.example", f"({HALVORSEN}) late", "Halvorsen Marine", set()),
]
#: sender, subject, then the reason for holding.
HELD = [
    ("who@elsewhere.example", "late", "sender_unknown"),
    ("who@elsewhere.example", f"({NORTHWIND}) late", "sender_unknown"),
    ("new@northwind.example", "late", "sender_unknown"),
    ("ove@halvorsen.example", f"({NORTHWIND}) late", "cross_account_id"),
    ("gone@northwind.example", f"({NORTHWIND}) late", "sender_unknown"),
    ("both@consult.example", "late", None),
    ("pat@hands.example", "late", None),
    ("pat@hands.example", f"({HALVORSEN}) late", "partner_no_relation"),
    ("pat@hands.example", f"({JERSEY}) late", "partner_no_relation"),
]
SECRETS = (
    "Northwind",
    "Halvorsen",
    "Jersey",
    "Mara",
    "gold",
    "Gold",
    "Silver",
    NORTHWIND,
    HALVORSEN,
)


@pytest.mark.parametrize(("sender", "subject", "account", "flags"), FILED)
def test_filed(world: World, sender: str, subject: str, account: str, flags: set[str]) -> None:
    text = f"Company: {account}\nIt is late.\n"
    post.send(post.mail(sender=sender, subject=subject, text=text), mailbox=world.onshore)
    case = Case.objects.get()
    assert case.account.name == account
    assert flags == set(case.flags)
    assert case.title == "late"
    assert Outbound.objects.get().kind == "acknowledgement"


@pytest.mark.parametrize(("sender", "subject", "reason"), HELD)
def test_held_and_nothing_disclosed(
    world: World, sender: str, subject: str, reason: str | None
) -> None:
    post.send(post.mail(sender=sender, subject=subject), mailbox=world.onshore)
    held = HeldItem.objects.get()
    assert reason is None or held.reason == reason
    assert not Case.objects.exists()
    letter = Outbound.objects.get()
    said = letter.text + letter.html + letter.subject
    assert not [secret for secret in SECRETS if secret in said]
    assert held.ref in letter.subject


@pytest.mark.parametrize(
    ("body", "flag"),
    [
        ("Company Name: Northwind Freight Ltd\nlate", None),
        ("late\n\nMara, NORTHWIND FREIGHT", None),
        ("Company: Somebody Else\nlate", "company_mismatch"),
        ("late", "company_missing"),
    ],
)
def test_the_company_name_flags_and_never_rejects(
    world: World, body: str, flag: str | None
) -> None:
    post.send(
        post.mail(sender="mara@northwind.example", subject=f"({NORTHWIND}) late", text=body),
        mailbox=world.onshore,
    )
    assert [f for f in Case.objects.get().flags if f.startswith("company")] == (
        [flag] if flag else []
    )


def test_p1_claimed_by_mail_is_capped_and_told_to_call(world: World) -> None:
    post.send(
        post.mail(sender="mara@northwind.example", subject=f"({NORTHWIND}) P1 all mail down"),
        mailbox=world.onshore,
    )
    case = Case.objects.get()
    assert (case.severity, case.priority) == ("P1", "P2")
    assert "p1_requested_not_by_phone" in case.flags
    assert "call" in Outbound.objects.get().text


def test_an_offshore_account_is_answered_from_the_offshore_address(world: World) -> None:
    post.send(
        post.mail(sender="jo@jersey.example", subject=f"({JERSEY}) late"), mailbox=world.onshore
    )
    case = Case.objects.get()
    assert case.offshore and case.queue == "offshore"
    assert "wrong_regional_address" in case.flags
    letter = Outbound.objects.get()
    assert letter.from_address == "support@foreshore.example"
    assert letter.reply_to.endswith("@foreshore.example")


def test_missing_fields_of_a_traced_message_are_named(world: World) -> None:
    post.send(
        post.mail(
            sender="mara@northwind.example",
            subject=f"({NORTHWIND}) email tracking",
            text="Northwind Freight\nFrom: a@b.example\nTo: c@d.example\nSubject: invoice\n",
        ),
        mailbox=world.onshore,
    )
    case = Case.objects.get()
    assert case.kind == "email_tracking"
    assert "tracking_fields_missing" in case.flags
    assert "date" in Outbound.objects.get().text and "time" in Outbound.objects.get().text
