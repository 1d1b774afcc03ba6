"""How a contact stands with the vendor today, as the policy needs to know it."""

from datetime import date, datetime
from typing import NamedTuple

from django.db import connection

from heliodesk.customers.customer import Customer
from heliodesk.entitlements.facts import PackageFacts
from heliodesk.entitlements.policy import Policy
from heliodesk.entitlements.request import ContactRole
from heliodesk.kernel import reading
from heliodesk.web.portal import applies
from heliodesk.web.portal.applies import Applies, Asker


class Standing(NamedTuple):
    """The account where a contact acts, and the contract that counts for it."""

    lifecycle: str
    package: str | None
    starts_on: date | None
    #: First day without the package.
    ends_on: date | None
    seats: int | None
    grace_days: int | None


_STANDING = """
select a.lifecycle, s.package, s.starts_on, s.ends_on, s.seats, s.grace_days
  from customers_account a
  left join lateral (select s.* from entitlements_supportcontract s
    where s.account_id = a.id and s.starts_on <= %(on)s order by s.starts_on desc limit 1) s on true
 where a.id = %(account)s
"""


def standing(customer: Customer, at: datetime) -> Standing:
    """The standing of the account where this contact acts."""
    values = {"account": customer.account_id, "on": at.date()}
    found = reading.shaped(connection, Standing, _STANDING, values)
    return found[0] if found else Standing("live", None, None, None, None, None)


def now(customer: Customer, held: Standing, policy: Policy, at: datetime) -> Applies:
    """What applies to this contact at this instant."""
    over = (at.date() - held.ends_on).days + 1 if held.ends_on else 0
    role = ContactRole.AUTHORISED
    if customer.acting_for:
        role = ContactRole.PARTNER
    elif customer.designated:
        role = ContactRole.DESIGNATED
    asker = Asker(
        region=customer.place.region,
        zone=customer.zone,
        package=PackageFacts(held.package, max(over, 0), held.grace_days),
        role=role,
        lifecycle=held.lifecycle,
    )
    return applies.of(asker, policy, at)
