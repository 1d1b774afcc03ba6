"""The only writers of customer records: one verb, one transaction, one journal event."""

from heliodesk.customers.actions.accounts import (
    change_account_note,
    change_lifecycle,
    change_region,
    change_residency,
    mark_partner,
    open_account,
    rename_account,
)
from heliodesk.customers.actions.addresses import add_address, drop_address, prefer_address
from heliodesk.customers.actions.bounced import addresses_bounced, addresses_heard
from heliodesk.customers.actions.company_sign_in import (
    drop_company_sign_in,
    set_company_sign_in,
)
from heliodesk.customers.actions.contacts import (
    ContactDetails,
    add_contact,
    deactivate_contact,
    describe_contact,
    reactivate_contact,
    speak,
)
from heliodesk.customers.actions.domains import drop_domain, verify_domain
from heliodesk.customers.actions.identifiers import add_identifier, end_identifier
from heliodesk.customers.actions.merging import merge_contacts
from heliodesk.customers.actions.partners import end_partner, relate_partner
from heliodesk.customers.actions.portal import (
    accept_invitation,
    give_sign_in,
    invite_contact,
    refuse_last,
    remove_from_account,
    sign_out,
)
from heliodesk.customers.actions.roles import end_role, grant_role

__all__ = [
    "ContactDetails",
    "accept_invitation",
    "add_address",
    "add_contact",
    "add_identifier",
    "addresses_bounced",
    "addresses_heard",
    "change_account_note",
    "change_lifecycle",
    "change_region",
    "change_residency",
    "deactivate_contact",
    "describe_contact",
    "drop_address",
    "drop_company_sign_in",
    "drop_domain",
    "end_identifier",
    "end_partner",
    "end_role",
    "give_sign_in",
    "grant_role",
    "invite_contact",
    "mark_partner",
    "merge_contacts",
    "open_account",
    "prefer_address",
    "reactivate_contact",
    "refuse_last",
    "relate_partner",
    "remove_from_account",
    "rename_account",
    "set_company_sign_in",
    "sign_out",
    "speak",
    "verify_domain",
]
