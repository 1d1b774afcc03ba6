"""Make one contact of two."""

from collections import defaultdict
from datetime import date, datetime

from django.db import transaction
from django.db.models import ManyToOneRel

from heliodesk.customers.actions.recording import tell_contact
from heliodesk.customers.models import Contact, ContactAddress, ContactRole
from heliodesk.customers.rules import Refused
from heliodesk.journal.record import By

_Span = tuple[date, date | None]


@transaction.atomic
def merge_contacts(loser: Contact, *, into: Contact, by: By, at: datetime) -> None:
    """Everything of ``loser`` becomes the other's: addresses, roles, cases, words.

    The loser stays, deactivated, so that old links and the journal still lead somewhere.

    Raises:
        Refused: both are one, or one of them was merged away already.
    """
    rows = Contact.objects.select_for_update().in_bulk([loser.pk, into.pk])
    if len(rows) != 2:
        raise Refused("A contact cannot be merged with itself.")
    if any(row.merged_into_id for row in rows.values()):
        raise Refused("One of these was merged into another contact already.")
    ContactAddress.objects.filter(contact=loser).update(preferred=False, contact=into)
    _unite_roles(loser, into)
    _repoint(loser, into)
    _unite_sign_ins(rows[loser.pk], rows[into.pk])
    Contact.objects.filter(pk=loser.pk).update(active=False, merged_into=into)
    loser.active, loser.merged_into = False, into
    tell_contact("merged", loser.pk, by=by, at=at, into=into.pk, name=into.name)
    tell_contact("merged_in", into.pk, by=by, at=at, loser=loser.pk, name=loser.name)


def _unite_roles(loser: Contact, into: Contact) -> None:
    """Give the winner every day on which either held a role."""
    spans: dict[tuple[int, str], list[_Span]] = defaultdict(list)
    roles = ContactRole.objects.filter(contact__in=[loser, into])
    for role in roles.order_by("valid_from"):
        spans[role.account_id, role.kind].append((role.valid_from, role.valid_to))
    roles.delete()
    ContactRole.objects.bulk_create(
        ContactRole(contact=into, account_id=account, kind=kind, valid_from=start, valid_to=end)
        for (account, kind), found in spans.items()
        for start, end in united(found)
    )


def _unite_sign_ins(loser: Contact, into: Contact) -> None:
    """The winner keeps their own sign-in and takes over the loser's only without one."""
    user, loser.user = loser.user, None
    if user is None:
        return
    loser.save(update_fields=["user"])
    if into.user is None:
        into.user = user
        into.save(update_fields=["user"])
    else:
        user.delete()


def united(spans: list[_Span]) -> list[_Span]:
    """The same days as spans that neither overlap nor touch; given in order of their start."""
    whole: list[_Span] = []
    for start, end in spans:
        if whole and (whole[-1][1] is None or start <= whole[-1][1]):
            first, last = whole[-1]
            whole[-1] = (first, None if last is None or end is None else max(last, end))
        else:
            whole.append((start, end))
    return whole


def _repoint(loser: Contact, into: Contact) -> None:
    """Let every row that names the loser name the winner, whichever room it is in.

    Contacts are this room's to identify, so it follows its own key and not a list of rooms.
    """
    for relation in Contact._meta.get_fields(include_hidden=True):
        if not isinstance(relation, ManyToOneRel):
            continue
        model, name = relation.related_model, relation.field.name
        if model not in (ContactAddress, ContactRole, Contact):
            model._base_manager.filter(**{name: loser}).update(**{name: into})
