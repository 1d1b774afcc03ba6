"""What somebody means by a reference, an account ID or an address."""

from typing import NamedTuple

from heliodesk.cases.models import Case
from heliodesk.customers.models import AccountIdentifier, ContactAddress
from heliodesk.customers.rules import normal_identifier


class Subject(NamedTuple):
    """A case, an account or a contact."""

    kind: str
    id: int
    label: str


def subject_of(text: str) -> Subject | None:
    """The case of this reference, the account of this ID, or the contact of this address."""
    words = text.strip()[:254]
    if "@" in words:
        row = ContactAddress.objects.select_related("contact").filter(address=words.lower()).first()
        return Subject("contact", row.contact_id, row.contact.name) if row else None
    case = Case.objects.filter(ref=words.replace(" ", "")).only("id", "ref").first()
    if case:
        return Subject("case", case.pk, case.ref)
    wanted = AccountIdentifier.objects.select_related("account")
    found = wanted.filter(value=normal_identifier(words)).order_by("-valid_from").first()
    return Subject("account", found.account_id, found.account.name) if found else None
