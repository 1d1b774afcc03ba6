"""Open the demo's vendor and customers by the verbs that the pages use."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from heliodesk.channels.models import Mailbox
from heliodesk.customers import actions as customers
from heliodesk.customers.actions import ContactDetails
from heliodesk.customers.models import Account, Contact
from heliodesk.customers.rules import Lifecycle, RelationKind, RoleKind
from heliodesk.entitlements.actions import open_contract
from heliodesk.identity import actions as people
from heliodesk.identity.models import Team, User
from heliodesk.identity.rules import Role
from heliodesk.journal.record import SYSTEM, By

#: How long before now the desk began its work.
_BEGAN = timedelta(days=40)


@dataclass(frozen=True)
class World:
    """What was opened, as the replay needs it."""

    users: Mapping[str, User]
    mailboxes: Mapping[str, Mailbox]
    #: Sender address -> name.
    names: Mapping[str, str]

    def by(self, word: str) -> By:
        """The user with this first name, as the doer of something."""
        user = self.users[word]
        return By("user", user.pk, user.name, user.role)


def open_world(world: Mapping[str, Any], *, at: datetime) -> World:
    """Open everything of the script, as of forty days ago."""
    began = at - _BEGAN
    teams = {row["code"]: _team(row, began) for row in world["teams"]}
    users = {row["name"].split()[0].lower(): _user(row, teams, began) for row in world["people"]}
    boxes = {row["code"]: Mailbox.objects.create(**row) for row in world["mailboxes"]}
    accounts: dict[str, Account] = {}
    for row in world["accounts"]:
        accounts[row["id"]] = _account(row, began)
    for row in world["accounts"]:
        _contract(row, accounts, began)
    for row in world["partners"]:
        customers.relate_partner(
            accounts[row["partner"]],
            accounts[row["customer"]],
            kind=RelationKind(row["kind"]),
            granted_by=row["granted_by"],
            by=SYSTEM,
            at=began,
        )
    for row in world["sign_ins"]:
        _sign_in(row, began)
    names = {
        address: contact["name"]
        for row in world["accounts"]
        for contact in row["contacts"]
        for address in contact["addresses"]
    }
    return World(users, boxes, names)


def _team(row: Mapping[str, Any], at: datetime) -> Team:
    return people.open_team(**row, by=SYSTEM, at=at)


def _user(row: Mapping[str, Any], teams: Mapping[str, Team], at: datetime) -> User:
    user = people.add_user(
        email=row["email"],
        name=row["name"],
        role=Role(row["role"]),
        password=row["password"],
        zone=row.get("zone", "Europe/London"),
        by=SYSTEM,
        at=at,
    )
    people.put_in_teams(user, teams=[teams[code] for code in row["teams"]], by=SYSTEM, at=at)
    return user


def _account(row: Mapping[str, Any], at: datetime) -> Account:
    account = customers.open_account(
        name=row["name"],
        region=row["region"],
        identifier=row["id"],
        lifecycle=Lifecycle(row.get("lifecycle", "live")),
        offshore=row.get("offshore", False),
        is_partner=row.get("partner", False),
        note=row.get("note", ""),
        by=SYSTEM,
        at=at,
    )
    for domain in row["domains"]:
        customers.verify_domain(account, domain=domain, by=SYSTEM, at=at)
    for person in row["contacts"]:
        contact = customers.add_contact(
            account,
            details=ContactDetails(
                person["name"], phone=person.get("phone", ""), zone=person.get("zone", "")
            ),
            addresses=person["addresses"],
            roles=[RoleKind(kind) for kind in person.get("roles", ["authorised"])],
            by=SYSTEM,
            at=at,
        )
        if not person.get("active", True):
            customers.deactivate_contact(contact, by=SYSTEM, at=at + timedelta(days=20))
    return account


def _sign_in(row: Mapping[str, Any], at: datetime) -> None:
    """Give a contact a password for the portal, as if they had been invited and had come."""
    contact = Contact.objects.get(addresses__address=row["email"])
    user = customers.give_sign_in(contact, at=at)
    people.set_password(user, password=row["password"], by=SYSTEM, at=at)


def _contract(row: Mapping[str, Any], accounts: Mapping[str, Account], began: datetime) -> None:
    held = row.get("contract")
    if not held:
        return
    today = (began + _BEGAN).date()
    seller = held.get("sold_by")
    open_contract(
        accounts[row["id"]],
        package=held["package"],
        starts_on=today - timedelta(days=held["from"]),
        ends_on=today - timedelta(days=held["to"]),
        seats=held.get("seats"),
        sold_by=accounts[seller] if seller else None,
        by=SYSTEM,
        at=began,
    )
