"""A contact without a name: all that would tell who they were is gone, the row stays for counts."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import F, Q

from heliodesk.customers.models import Contact, ContactAddress, ContactRole
from heliodesk.identity.models import MailedCode, User
from heliodesk.journal.record import By, Happening, record


@dataclass(frozen=True)
class Known:
    """Who a contact is: all that may stand for them in a text."""

    id: int
    name: str
    addresses: tuple[str, ...]
    numbers: tuple[str, ...]
    account_ids: tuple[int, ...]


def known(contact: Contact) -> Known:
    """Who this contact is, with those that were merged into them."""
    people = list(Contact.objects.filter(Q(pk=contact.pk) | Q(merged_into=contact.pk)))
    rows = ContactAddress.objects.filter(contact__in=people).order_by("address")
    said = [(one.phone, one.alternative) for one in people]
    reach = [text.strip() for pair in said for text in pair if text.strip()]
    return Known(
        contact.pk,
        contact.name,
        tuple({*rows.values_list("address", flat=True), *(t.lower() for t in reach if "@" in t)}),
        tuple(
            dict.fromkeys(
                one
                for text in reach
                if "@" not in text
                for one in (text, re.sub(r"[^\d+]", "", text))
                if one
            )
        ),
        tuple(
            ContactRole.objects.filter(contact__in=people)
            .values_list("account_id", flat=True)
            .distinct()
        ),
    )


def roles_today(contact_id: int, today: date) -> list[ContactRole]:
    """What they are at their accounts today."""
    rows = ContactRole.objects.filter(contact_id=contact_id, valid_from__lte=today)
    holding = rows.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=today))
    return list(holding.select_related("account"))


def near(contact_id: int, account_ids: Sequence[int], most: int = 5000) -> list[int]:
    """They, and those beside them at these accounts, whose records they may have changed."""
    rows = ContactRole.objects.filter(account_id__in=account_ids).values_list("contact_id")
    return [contact_id, *(id for (id,) in rows.distinct()[:most] if id != contact_id)]


def nameless(contact_id: int) -> str:
    """What stands instead of their name."""
    return f"Anonymised person {contact_id}"


@transaction.atomic
def forget(contact: Contact, *, verb: str, by: By, at: datetime) -> None:
    """Take name, addresses, numbers and sign-in away; roles end. The event says no name."""
    people = [contact.pk, *Contact.objects.filter(merged_into=contact).values_list("pk", flat=True)]
    addresses = ContactAddress.objects.filter(contact__in=people)
    MailedCode.objects.filter(address__in=addresses.values_list("address", flat=True)).delete()
    addresses.delete()
    users = list(
        Contact.objects.filter(pk__in=people, user__isnull=False).values_list("user_id", flat=True)
    )
    Contact.objects.filter(pk__in=people).update(
        name=nameless(contact.pk), phone="", alternative="", language="", zone="",
        active=False, user=None, invited_at=None,
    )  # fmt: skip
    _end_roles(people, at.date())
    User.objects.filter(pk__in=users, role="contact").delete()
    record([Happening(verb, "contact", contact.pk)], by=by, at=at)


def _end_roles(people: Sequence[int], today: date) -> None:
    rows = ContactRole.objects.filter(contact__in=people)
    rows.filter(valid_from__gt=today).delete()
    rows.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=today)).update(valid_to=today)


def told_of(contact: Contact) -> dict[str, object]:
    """What is kept about a contact themselves, for an export."""
    roles = ContactRole.objects.filter(contact=contact).annotate(at=F("account__name"))
    return {
        "name": contact.name,
        "addresses": list(contact.addresses.values_list("address", flat=True)),
        "phone": contact.phone,
        "alternative": contact.alternative,
        "language": contact.language,
        "zone": contact.zone,
        "since": contact.created_at,
        "signs_in": contact.user_id is not None,
        "roles": list(roles.values("at", "kind", "valid_from", "valid_to")),
    }


def history(contact_id: int, most: int = 5000) -> list[dict[str, object]]:
    """What was done to and by them, as the journal says it, for an export."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select at, by_name, verb from journal_event where subject_kind = 'contact'"
            " and subject_id = %s order by id desc limit %s",
            [contact_id, most],
        )
        return [dict(zip(("at", "by", "what"), row, strict=True)) for row in cursor.fetchall()]
