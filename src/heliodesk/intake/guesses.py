"""Whose a held message might be: accounts to choose from, each with what speaks for it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from heliodesk.customers import facts as customers
from heliodesk.customers.facts import AccountFacts, ContactFacts, CustomerFacts
from heliodesk.customers.rules import domain_of
from heliodesk.identity.person import Person
from heliodesk.intake.draft import Draft
from heliodesk.intake.models import HeldItem

_MOST = 8


@dataclass
class Guess:
    """An account that a message may belong to."""

    account: AccountFacts
    #: ``id``, ``contact``, ``partner``, ``domain``, ``hint``, ``name``, the strongest first.
    signs: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Guesses:
    """What the desk can say about the sender, for the agent who decides."""

    contact: ContactFacts | None
    accounts: Sequence[Guess]
    #: IDs that the message quotes and no account has.
    unknown_ids: Sequence[str]
    #: What the sender may act for now; an account with an ID but without this is not theirs.
    theirs: frozenset[int]


def guess(person: Person, held: HeldItem, drafts: Sequence[Draft], on: date) -> Guesses:
    """The guesses for a held item; offshore accounts only for whoever may see them."""
    senders = {draft.sender for draft in drafts} | {held.sender_address.lower()}
    ids = {value for draft in drafts for value in draft.ids.values}
    known = customers.load(senders, ids, {domain_of(sender) for sender in senders}, on)
    contact = known.contact(held.sender_address)
    theirs = _theirs(contact, known)
    signs = dict(_signs(held, ids, contact, theirs, known))
    found = {**known.accounts, **customers.accounts_of(signs.keys() - known.accounts.keys())}
    text = " ".join(f"{draft.subject} {draft.text[:4000]}" for draft in drafts).lower()
    accounts = []
    for id, why in list(signs.items())[:_MOST]:
        account = found.get(id)
        if account and (person.offshore or not account.offshore):
            named = ["name"] if account.name.lower() in text else []
            accounts.append(Guess(account, [*why, *named]))
    accounts.sort(key=lambda one: -len(one.signs))
    unknown = sorted(id for id in ids if known.account_of_id(id) is None)
    return Guesses(contact, accounts, unknown, theirs)


def _theirs(contact: ContactFacts | None, known: CustomerFacts) -> frozenset[int]:
    if contact is None or not contact.active:
        return frozenset()
    managed = (known.managed.get(own, frozenset()) for own in contact.roles)
    return frozenset(contact.roles).union(*managed)


def _signs(
    held: HeldItem,
    ids: Iterable[str],
    contact: ContactFacts | None,
    theirs: frozenset[int],
    known: CustomerFacts,
) -> Iterable[tuple[int, list[str]]]:
    """Account id -> what speaks for it, accounts in the order of how strongly."""
    signs: dict[int, list[str]] = {}
    for id in ids:
        named = known.account_of_id(id)
        if named:
            signs.setdefault(named.id, []).append("id")
    for own in contact.roles if contact else ():
        signs.setdefault(own, []).append("contact")
    for account in known.accounts_of_domain(held.sender_address):
        signs.setdefault(account.id, []).append("domain")
    if held.account_hint_id:
        signs.setdefault(held.account_hint_id, [])
    own_roles = contact.roles if contact else {}
    for customer in sorted(theirs - own_roles.keys()):
        signs.setdefault(customer, []).append("partner")
    return signs.items()
