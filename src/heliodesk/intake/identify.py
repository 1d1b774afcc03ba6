"""Who is asking, and for which account: pure, from the facts of the batch (C7..C12, C31, C32)."""

from dataclasses import dataclass

from heliodesk.customers.facts import AccountFacts, ContactFacts, CustomerFacts
from heliodesk.customers.rules import RoleKind, domain_of
from heliodesk.entitlements.request import AccountId, ContactRole
from heliodesk.intake.draft import Draft


@dataclass(frozen=True)
class Identity:
    """What the desk makes of a sender."""

    role: ContactRole
    id_state: AccountId
    account: AccountFacts | None = None
    contact: ContactFacts | None = None
    #: How many accounts the sender may write for, when no ID said which.
    accounts_known: int | None = None
    #: The account an agent should look at first, when none is certain.
    hint: AccountFacts | None = None
    #: The subject named accounts that exclude each other.
    contradictory: bool = False


def role_at(
    contact: ContactFacts | None, account: AccountFacts, address: str, known: CustomerFacts
) -> ContactRole:
    """What the sender is to this account."""
    if contact is None:
        ok = account.id in known.accounts_by_domain.get(domain_of(address), ())
        return ContactRole.UNKNOWN_DOMAIN_OK if ok else ContactRole.UNKNOWN
    if not contact.active or not contact.roles:
        return ContactRole.FORMER
    kinds = contact.roles.get(account.id)
    if kinds:
        designated = RoleKind.DESIGNATED in kinds
        return ContactRole.DESIGNATED if designated else ContactRole.AUTHORISED
    if known.may_act_for(contact, account.id):
        return ContactRole.PARTNER
    of_partner = any(known.accounts[id].is_partner for id in contact.roles if id in known.accounts)
    return ContactRole.PARTNER_UNLINKED if of_partner else ContactRole.OTHER_ACCOUNT


def identify(draft: Draft, known: CustomerFacts) -> Identity:
    """The sender's identity for a message that starts something new."""
    contact = known.contact(draft.sender)
    chosen = known.accounts.get(draft.account_id or 0)
    if chosen:
        role = role_at(contact, chosen, draft.sender, known)
        return Identity(role, AccountId.VALID, chosen, contact)
    named = [account for value in draft.ids.values if (account := known.account_of_id(value))]
    if named:
        return _by_id(draft, contact, named, known)
    state = AccountId.MISSING
    if draft.ids.values:
        state = AccountId.UNKNOWN_ID
    elif draft.ids.malformed:
        state = AccountId.MALFORMED
    if contact is None:
        return _stranger(draft, state, known)
    return _by_contact(draft, contact, state, known)


def _by_id(
    draft: Draft, contact: ContactFacts | None, named: list[AccountFacts], known: CustomerFacts
) -> Identity:
    """The ID names the account; what the sender is there decides the rest."""
    best = min(named, key=lambda account: _distance(role_at(contact, account, draft.sender, known)))
    return Identity(
        role=role_at(contact, best, draft.sender, known),
        id_state=AccountId.VALID,
        account=best,
        contact=contact,
        contradictory=len({account.id for account in named}) > 1,
    )


_CLOSENESS = list(ContactRole)


def _distance(role: ContactRole) -> int:
    """Roles from the closest to the most distant, in the order they are declared."""
    return _CLOSENESS.index(role)


def _by_contact(
    draft: Draft, contact: ContactFacts, state: AccountId, known: CustomerFacts
) -> Identity:
    """No ID that counts: the account follows from the contact if it is the only one (C7)."""
    own = set(contact.roles)
    candidates = own | {id for partner in own for id in known.managed.get(partner, ())}
    known_ids = sorted(candidates & known.accounts.keys())
    if not contact.active or not candidates:
        hint = known.accounts[known_ids[0]] if known_ids else None
        return Identity(ContactRole.FORMER, state, contact=contact, hint=hint)
    if len(candidates) == 1 and known_ids:
        account = known.accounts[known_ids[0]]
        role = role_at(contact, account, draft.sender, known)
        return Identity(role, state, account, contact, accounts_known=1)
    is_partner = any(known.accounts[id].is_partner for id in own if id in known.accounts)
    role = ContactRole.PARTNER if is_partner else ContactRole.AUTHORISED
    hint = next((known.accounts[id] for id in sorted(own) if id in known.accounts), None)
    return Identity(role, state, contact=contact, accounts_known=len(candidates), hint=hint)


def _stranger(draft: Draft, state: AccountId, known: CustomerFacts) -> Identity:
    """Nobody we know and no account named; a verified domain is a hint for the agent only."""
    accounts = known.accounts_of_domain(draft.sender)
    hint = accounts[0] if len(accounts) == 1 else None
    return Identity(ContactRole.UNKNOWN, state, hint=hint)
