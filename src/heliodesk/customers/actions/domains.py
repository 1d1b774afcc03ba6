"""Prove a mail domain to be an account's, and take that back."""

from datetime import datetime

from django.db import transaction

from heliodesk.customers.actions.recording import refused_if_taken, tell_account
from heliodesk.customers.models import Account, VerifiedDomain
from heliodesk.customers.rules import checked_domain
from heliodesk.journal.record import By


@transaction.atomic
def verify_domain(account: Account, *, domain: str, by: By, at: datetime) -> VerifiedDomain:
    """Record that this mail domain is the account's (E9, C10).

    Raises:
        Refused: it is no domain, a free-mail domain, or recorded already.
    """
    checked = checked_domain(domain)
    with refused_if_taken(f"{checked} is already a domain of this account."):
        row = VerifiedDomain.objects.create(account=account, domain=checked, verified_at=at)
    tell_account("domain_verified", account.pk, by=by, at=at, domain=checked)
    return row


@transaction.atomic
def drop_domain(domain: VerifiedDomain, *, by: By, at: datetime) -> None:
    """The domain no longer stands for the account."""
    VerifiedDomain.objects.filter(pk=domain.pk).delete()
    tell_account("domain_dropped", domain.account_id, by=by, at=at, domain=domain.domain)
