"""Let a partner act for a customer, and end that."""

from datetime import date, datetime

from django.db import transaction

from heliodesk.customers.actions.recording import refused_if_taken, tell_account
from heliodesk.customers.models import Account, Partnership
from heliodesk.customers.rules import Refused, RelationKind
from heliodesk.journal.record import By
from heliodesk.kernel.text import one_line


@transaction.atomic
def relate_partner(
    partner: Account,
    customer: Account,
    *,
    kind: RelationKind = RelationKind.MSP,
    granted_by: str = "",
    valid_from: date | None = None,
    by: By,
    at: datetime,
) -> Partnership:
    """The partner may act for the customer from a day on, the day of ``at`` (E12, R55).

    Raises:
        Refused: they are one account, the first is no partner, or it may already.
    """
    if partner.pk == customer.pk:
        raise Refused("An account cannot be its own partner.")
    if not partner.is_partner:
        raise Refused(f"{partner.name} is not marked as a partner.")
    with refused_if_taken(f"{partner.name} already acts for {customer.name}."):
        row = Partnership.objects.create(
            partner=partner,
            customer=customer,
            kind=kind,
            granted_by=one_line(granted_by, 200),
            valid_from=valid_from or at.date(),
        )
    _tell("partner_related", row, by=by, at=at)
    return row


@transaction.atomic
def end_partner(partnership: Partnership, *, on: date | None = None, by: By, at: datetime) -> None:
    """The partner no longer acts for the customer from this day on (the day of ``at``)."""
    row = (
        Partnership.objects.select_for_update(of=("self",))
        .select_related("partner", "customer")
        .get(pk=partnership.pk)
    )
    row.valid_to = max(on or at.date(), row.valid_from)
    row.save(update_fields=["valid_to"])
    partnership.valid_to = row.valid_to
    _tell("partner_ended", row, by=by, at=at)


def _tell(verb: str, row: Partnership, *, by: By, at: datetime) -> None:
    """Record it with the customer: whoever audits asks who may act for them."""
    tell_account(
        verb,
        row.customer_id,
        by=by,
        at=at,
        partner=row.partner_id,
        name=row.partner.name,
        kind=str(row.kind),
        granted_by=row.granted_by,
    )
