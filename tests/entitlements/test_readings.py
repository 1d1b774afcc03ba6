"""Every reading of the requirements at work, with its settings turned both ways."""

import pytest

from tests.entitlements.asking import CALL, NIGHT, P1_CALL, WEB, asked

Facts = dict[str, object]

# reading, facts changed, what must come out (fields named only)
READINGS: list[tuple[str, Facts, Facts]] = [
    # C1, C6: Bronze P1 window and who may call outside it
    (
        "C6 in the window any authorised caller",
        P1_CALL | {"package": "bronze"},
        {"decision": "ACCEPT", "priority": "P1", "flags": [], "page": "yes"},
    ),
    (
        "C6 a partner counts as authorised",
        P1_CALL | NIGHT | {"package": "bronze", "contact_role": "partner"},
        {"decision": "ACCEPT_DOWNGRADED", "page": "duty-desk"},
    ),
    (
        "C6 always: designated even in the window",
        P1_CALL | {"settings": {"p1.require_designated": "always"}},
        {
            "decision": "ACCEPT_DOWNGRADED",
            "priority": "P2",
            "message": "p1.designated_needed",
            "flags": ["designated_contact_needed"],
        },
    ),
    (
        "C6 always: the designated contact passes",
        P1_CALL | {"contact_role": "designated", "settings": {"p1.require_designated": "always"}},
        {"decision": "ACCEPT", "priority": "P1"},
    ),
    (
        "C6 never: anyone at any hour",
        P1_CALL | NIGHT | {"package": "bronze", "settings": {"p1.require_designated": "never"}},
        {"decision": "ACCEPT", "priority": "P1", "flags": ["outside_package_window"]},
    ),
    (
        "C1 strict matrix defers the designated contact too",
        P1_CALL
        | NIGHT
        | {
            "package": "bronze",
            "contact_role": "designated",
            "settings": {"p1.designated_override": False},
        },
        {"decision": "ACCEPT_DEFERRED", "due": "2026-03-09T10:00Z", "page": "no"},
    ),
    # C2: the base
    (
        "C2 designated P1 without a package",
        P1_CALL | {"package": "base", "contact_role": "designated"},
        {
            "decision": "ACCEPT",
            "priority": "P1",
            "target_minutes": 60,
            "flags": ["outside_package_window"],
        },
    ),
    (
        "C2 another caller of the base",
        P1_CALL | {"package": "base"},
        {"decision": "ACCEPT_DOWNGRADED", "target_minutes": 480, "page": "duty-desk"},
    ),
    (
        "C2 switched off",
        P1_CALL
        | {
            "package": "base",
            "contact_role": "designated",
            "settings": {"p1.base_designated": "false"},
        },
        {
            "decision": "ACCEPT_WRITTEN",
            "priority": "P2",
            "clock": "business_hours",
            "message": "phone.not_in_package",
        },
    ),
    # C3: calls outside their window
    (
        "C3 half open: the closing minute is closed",
        CALL | {"region": "ZA", "at": "2026-02-13T17:00+02:00"},
        {"decision": "ACCEPT_WRITTEN", "message": "phone.closed", "due": "2026-02-16T15:00Z"},
    ),
    (
        "C3 implementation account, other question",
        CALL | {"package": "bronze", "lifecycle": "implementation"},
        {
            "decision": "ACCEPT_WRITTEN",
            "queue": "frontline-uk",
            "message": "phone.not_in_package",
        },
    ),
    (
        "C3 live account, implementation question",
        CALL | {"package": "bronze", "case_type": "implementation"},
        {"decision": "ACCEPT_WRITTEN", "queue": "frontline-uk"},
    ),
    (
        "C3 implementation by mail: same queue",
        {"lifecycle": "implementation", "case_type": "implementation"},
        {"decision": "ACCEPT", "queue": "implementation"},
    ),
    (
        "C3 refuse",
        CALL | NIGHT | {"settings": {"phone.outside": "refuse"}},
        {"decision": "REJECT", "queue": "none", "due": None, "message": "phone.closed"},
    ),
    (
        "C3 courtesy while there are some left",
        CALL | {"package": "base", "courtesy_used": 1, "settings": {"phone.outside": "courtesy"}},
        {"decision": "ACCEPT", "flags": ["courtesy_call"], "message": "case.accepted_live"},
    ),
    (
        "C3 courtesy used up",
        CALL | {"package": "base", "courtesy_used": 2, "settings": {"phone.outside": "courtesy"}},
        {"decision": "ACCEPT_WRITTEN", "flags": []},
    ),
    # C4: the clock of written requests
    (
        "C4 Platinum P2 around the clock",
        NIGHT | {"package": "platinum", "severity": "P2"},
        {"clock": "24x7", "target_minutes": 60, "due": "2026-03-07T04:00Z"},
    ),
    (
        "C4 business hours for all mail",
        NIGHT
        | {
            "package": "gold",
            "severity": "P2",
            "settings": {"email.clock": "business_hours"},
        },
        {"clock": "business_hours", "target_minutes": 120, "due": "2026-03-09T11:00Z"},
    ),
    (
        "C4 every hour for all mail",
        NIGHT | {"settings": {"email.clock": "always"}},
        {"clock": "24x7", "target_minutes": 480, "due": "2026-03-07T11:00Z"},
    ),
    (
        "C4 a call keeps the clock of its package",
        CALL | {"package": "gold", "severity": "P2", "settings": {"email.clock": "business_hours"}},
        {"clock": "24x7", "target_minutes": 120},
    ),
    # C5: P1 in writing
    (
        "C5 by web at night",
        WEB | {"at": "2026-03-07T20:00+00:00", "severity": "P1"},
        {
            "decision": "ACCEPT_DOWNGRADED",
            "priority": "P2",
            "clock": "business_hours",
            "due": "2026-03-09T13:00Z",
            "page": "no",
            "flags": ["p1_requested_not_by_phone"],
            "message": "p1.call_us",
        },
    ),
    (
        "C5 alert the duty desk",
        {"severity": "P1", "settings": {"p1.nonphone_alert_duty": "true"}},
        {"page": "duty-desk", "priority": "P2"},
    ),
    (
        "C5 without the prompt",
        {"severity": "P1", "settings": {"p1.nonphone": "cap_P2"}},
        {"priority": "P2", "message": "case.accepted"},
    ),
    (
        "C5 promotion of a P3",
        P1_CALL | {"existing_case": "open", "existing_priority": "P3"},
        {"flags": ["promoted_from_P3"], "priority": "P1"},
    ),
    (
        "R57 a call about an open P1 reaches its owner at any hour",
        P1_CALL | NIGHT | {"package": "base", "existing_case": "open", "existing_priority": "P1"},
        {
            "decision": "ACCEPT",
            "queue": "p1-hotline",
            "page": "no",
            "message": "p1.open_case",
        },
    ),
    # C7, C8, C9: the account ID
    (
        "C7 a partner must say which customer",
        {"contact_role": "partner", "account_id": "missing"},
        {"decision": "HOLD", "queue": "triage-unidentified", "message": "intake.which_customer"},
    ),
    (
        "C7 a partner with one customer",
        {"contact_role": "partner", "account_id": "missing", "accounts_known": 1},
        {"decision": "ACCEPT", "flags": ["id_missing"]},
    ),
    (
        "C7 a contact of two accounts",
        {"account_id": "missing", "accounts_known": 2},
        {"decision": "HOLD", "flags": ["id_missing"]},
    ),
    (
        "C7 the case quoted shows the account",
        {"contact_role": "partner", "account_id": "missing", "existing_case": "open"},
        {"decision": "ACCEPT", "flags": ["id_missing"], "message": "case.accepted"},
    ),
    (
        "C7 hold",
        {"account_id": "missing", "settings": {"email.missing_id": "hold"}},
        {"decision": "HOLD", "due": None, "flags": ["id_missing"]},
    ),
    (
        "C8 the web form the same",
        WEB | {"contact_role": "unknown", "account_id": "missing"},
        {"decision": "HOLD", "queue": "triage-unidentified", "message": "intake.how_to_raise"},
    ),
    (
        "C8 refuse",
        {
            "contact_role": "unknown",
            "account_id": "missing",
            "settings": {"email.unknown_sender": "reject"},
        },
        {"decision": "REJECT", "queue": "none"},
    ),
    (
        "C9 unreadable ID",
        {"account_id": "malformed"},
        {
            "decision": "ACCEPT",
            "flags": ["id_malformed"],
            "message": "case.accepted_id_reminder",
        },
    ),
    (
        "C9 hold",
        {"account_id": "unknown_id", "settings": {"email.bad_id": "hold"}},
        {"decision": "HOLD", "flags": ["id_unmatched"]},
    ),
    # C10: not an active contact
    (
        "C10 deactivated contact",
        {"contact_role": "former"},
        {"decision": "HOLD", "queue": "identity-check", "message": "intake.unmatched"},
    ),
    (
        "C10 a P4 stays a P4",
        {"contact_role": "unknown_domain_ok", "severity": "P4"},
        {"decision": "ACCEPT_RESTRICTED", "priority": "P4"},
    ),
    (
        "C10 a P1 by mail is capped at P3",
        {"contact_role": "unknown_domain_ok", "severity": "P1"},
        {
            "decision": "ACCEPT_RESTRICTED",
            "priority": "P3",
            "flags": ["contact_unverified", "p1_requested_not_by_phone"],
            "message": "contact.verify",
        },
    ),
    (
        "C10 always hold",
        {"contact_role": "unknown_domain_ok", "settings": {"contact.unverified": "hold"}},
        {"decision": "HOLD", "queue": "identity-check"},
    ),
    (
        "C10 he reopens nothing",
        {"contact_role": "unknown_domain_ok", "existing_case": "closed_recent"},
        {"decision": "ACCEPT_RESTRICTED"},
    ),
    (
        "C10 unknown caller with a P1",
        P1_CALL | {"contact_role": "unknown"},
        {
            "decision": "HOLD",
            "queue": "identity-check",
            "page": "duty-desk",
            "flags": ["caller_unknown"],
        },
    ),
    # C11: another account
    (
        "C11 by phone refused",
        CALL | {"contact_role": "other_account"},
        {"decision": "REJECT", "queue": "none", "flags": ["cross_account_id"]},
    ),
    (
        "C11 a P1 by phone is looked into",
        P1_CALL | {"contact_role": "other_account"},
        {"decision": "HOLD", "page": "duty-desk", "priority": None},
    ),
    (
        "C11 refuse mail",
        {"contact_role": "other_account", "settings": {"cross_account": "reject"}},
        {"decision": "REJECT", "message": "intake.unmatched"},
    ),
    (
        "C11 an unknown sender quotes a case",
        {"contact_role": "unknown", "existing_case": "closed_old"},
        {"decision": "HOLD", "flags": ["thread_sender_mismatch"]},
    ),
    # C12
    (
        "C12 unlinked partner by mail",
        {"contact_role": "partner_unlinked"},
        {"decision": "REJECT", "flags": ["partner_no_relation"], "message": "partner.not_linked"},
    ),
    # C13: calls without ID
    (
        "C13 P1 without ID",
        P1_CALL | {"contact_role": "designated", "account_id": "missing"},
        {
            "decision": "ACCEPT",
            "priority": "P1",
            "page": "yes",
            "flags": ["verify_by_callback"],
            "message": "p1.accepted_callback",
        },
    ),
    (
        "C13 hold, but somebody looks",
        P1_CALL | {"account_id": "missing", "settings": {"phone.p1_without_id": "hold"}},
        {"decision": "HOLD", "page": "duty-desk", "message": "phone.find_your_id"},
    ),
    (
        "C13 a wrong ID is no ID",
        CALL | {"account_id": "unknown_id"},
        {"decision": "HOLD", "queue": "triage-unidentified", "flags": ["id_unmatched"]},
    ),
    (
        "C13 without ID and outside the window",
        P1_CALL | NIGHT | {"package": "bronze", "account_id": "missing"},
        {"decision": "ACCEPT_DOWNGRADED", "message": "p1.accepted_callback"},
    ),
    # C14
    (
        "C14 without an assessment P2",
        P1_CALL | {"p1_criteria_met": False},
        {"decision": "ACCEPT_DOWNGRADED", "priority": "P2", "flags": ["p1_criteria_not_met"]},
    ),
    (
        "C14 an assessment of P1 cannot stand against the criteria",
        P1_CALL | {"p1_criteria_met": False, "assessed_severity": "P1"},
        {"priority": "P2"},
    ),
    # C15
    (
        "C15 block",
        {
            "case_type": "email_tracking",
            "missing_fields": ["date"],
            "settings": {"tracking.block": "true"},
        },
        {"decision": "HOLD", "due": None, "message": "tracking.need_fields"},
    ),
    ("C15 other types need no fields", {"missing_fields": ["date"]}, {"flags": []}),
    # C16: the data boundary
    (
        "C16 onshore account writes offshore",
        {"endpoint": "offshore"},
        {
            "decision": "ACCEPT",
            "queue": "frontline-uk",
            "flags": ["wrong_regional_address"],
            "message": "address.use_other",
        },
    ),
    (
        "C16 right address, offshore",
        {"region": "OFF", "endpoint": "offshore"},
        {"queue": "offshore", "flags": [], "message": "case.accepted"},
    ),
    (
        "C16 an address in full",
        {"region": "OFF", "endpoint": "Support@Mimecast.com"},
        {"flags": ["wrong_regional_address"]},
    ),
    (
        "C16 reply only",
        {
            "region": "OFF",
            "settings": {"offshore.wrong_address": "reply_only"},
        },
        {"decision": "REJECT", "message": "address.use_other"},
    ),
    (
        "C16 offshore implementation stays offshore",
        {
            "region": "OFF",
            "endpoint": "offshore",
            "lifecycle": "implementation",
            "case_type": "implementation",
        },
        {"queue": "offshore"},
    ),
    # C17: closed cases
    (
        "C17 closed long ago",
        {"existing_case": "closed_old"},
        {"decision": "NEW_LINKED", "flags": [], "due": "2026-03-04T10:00Z"},
    ),
    (
        "C17 a longer memory",
        {"existing_case": "closed_old", "settings": {"case.reopen_days": 60}},
        {"decision": "REOPEN"},
    ),
    (
        "C17 a shorter memory",
        {"existing_case": "closed_recent", "settings": {"case.reopen_days": "2"}},
        {"decision": "NEW_LINKED"},
    ),
    (
        "C17 the last day still reopens",
        {"existing_case": "closed_recent", "closed_days": 14},
        {"decision": "REOPEN"},
    ),
    (
        "C17 the next does not",
        {"existing_case": "closed_recent", "closed_days": 15},
        {"decision": "NEW_LINKED"},
    ),
    (
        "C17 a P1 reopened by mail comes back at P2",
        {"existing_case": "closed_recent", "severity": "P1"},
        {
            "decision": "REOPEN",
            "priority": "P2",
            "queue": "frontline-uk",
            "message": "p1.call_us",
        },
    ),
    (
        "C17 unless by a call",
        P1_CALL | {"existing_case": "closed_recent"},
        {"decision": "REOPEN", "priority": "P1", "queue": "p1-hotline", "page": "yes"},
    ),
    # C18: contracts
    (
        "C18 grace over: the base",
        CALL | {"package": "gold", "contract": {"service": "active", "package_expired_days": 15}},
        {
            "decision": "ACCEPT_WRITTEN",
            "target_minutes": 960,
            "flags": ["package_expired"],
            "message": "phone.not_in_package",
        },
    ),
    (
        "C18 the last day of grace",
        {"package": "gold", "contract": {"package_expired_days": 14}},
        {"flags": ["in_grace"], "target_minutes": 480},
    ),
    (
        "C18 no grace by setting",
        {
            "contract": {"package_expired_days": 1},
            "settings": {"contract.grace_days": 0},
        },
        {"flags": ["package_expired"]},
    ),
    (
        "C18 the contract's own grace goes before the setting",
        {"contract": {"package_expired_days": 20, "grace_days": 30}},
        {"flags": ["in_grace"]},
    ),
    (
        "C18 ended, P1 by phone",
        P1_CALL | {"contract": {"service": "terminated"}},
        {
            "decision": "HOLD",
            "queue": "account-desk",
            "page": "duty-manager",
            "flags": ["contract_ended"],
            "message": "contract.ended",
        },
    ),
    (
        "C18 ended, P1 by mail",
        {"severity": "P1", "contract": {"service": "terminated"}},
        {"decision": "HOLD", "page": "no"},
    ),
    (
        "C18 a stranger is not told that a contract ended",
        {"contact_role": "unknown", "contract": {"service": "terminated"}},
        {"queue": "identity-check", "message": "intake.unmatched"},
    ),
    # C19
    ("C19 the limit itself fits", WEB | {"issue_details_length": 2000}, {"decision": "ACCEPT"}),
    (
        "C19 by setting",
        WEB | {"issue_details_length": 101, "settings": {"web.issue_details_max": 100}},
        {"decision": "REJECT", "message": "web.too_long"},
    ),
    ("C19 mail has no limit", {"issue_details_length": 90_000}, {"decision": "ACCEPT"}),
    ("R70 the form needs details", WEB | {"issue_details_length": 0}, {"decision": "REJECT"}),
    (
        "R45 empty mail still makes a case",
        {"issue_details_length": 0},
        {"decision": "ACCEPT", "message": "case.need_summary", "flags": ["summary_missing"]},
    ),
    # C20
    (
        "C20 hold",
        {"auto_reply": True, "settings": {"mail.autoreply": "hold"}},
        {"decision": "HOLD", "message": "none"},
    ),
    (
        "C20 before anything else",
        {"auto_reply": True, "contact_role": "unknown", "contract": {"service": "terminated"}},
        {"decision": "DROP", "queue": "none"},
    ),
    # C21, C22
    (
        "C21 route by the number",
        CALL
        | {
            "package": "gold",
            "endpoint": "SG number",
            "settings": {"phone.route_by": "number"},
        },
        {"queue": "frontline-sg"},
    ),
    (
        "C21 the number in full",
        CALL
        | {
            "package": "gold",
            "endpoint": "+6531583357",
            "settings": {"phone.route_by": "number"},
        },
        {"queue": "frontline-sg"},
    ),
    (
        "C21 offshore stays offshore",
        CALL | {"region": "OFF", "endpoint": "SG number", "settings": {"phone.route_by": "number"}},
        {"queue": "offshore"},
    ),
    ("C21 no region", {"region": None}, {"queue": "frontline-uk"}),
    (
        "C22 a Melbourne holiday closes the Melbourne account only",
        CALL | {"region": "AU", "at": "2026-11-03T10:00+11:00"},
        {"decision": "ACCEPT_WRITTEN", "due": "2026-11-04T06:00Z"},
    ),
    (
        "C22 hours of the centre that was called",
        CALL
        | {
            "at": "2026-03-10T04:00+00:00",
            "endpoint": "SG number",
            "settings": {"hours.local_of": "centre"},
        },
        {"decision": "ACCEPT", "due": "2026-03-11T04:00Z"},
    ),
    (
        "C22 hours of the contact",
        CALL
        | {
            "at": "2026-03-10T14:00-04:00",
            "contact_region": "NA",
            "settings": {"hours.local_of": "contact"},
        },
        {"decision": "ACCEPT", "due": "2026-03-11T18:00Z"},
    ),
    # C23
    (
        "C23 an incident too old to link",
        P1_CALL | {"major_incident_open": True, "major_incident_minutes": 61},
        {"page": "yes", "flags": [], "message": "p1.accepted"},
    ),
    (
        "C23 never link",
        P1_CALL | {"major_incident_open": True, "settings": {"p1.link_window_min": 0}},
        {"page": "yes"},
    ),
    # C24
    (
        "C24 P1 through the repeated hour",
        P1_CALL | {"at": "2026-10-25T01:30+01:00"},
        {"due": "2026-10-25T01:30Z"},
    ),
    (
        "C24 business hours through the New Zealand change",
        {"region": "NZ", "at": "2026-09-25T16:00+12:00", "severity": "P2"},
        {"due": "2026-09-27T23:00Z"},
    ),
    (
        "R77 29 February counts",
        P1_CALL | {"at": "2028-02-28T23:30+00:00"},
        {"due": "2028-02-29T00:30Z"},
    ),
    # C26
    (
        "C26 Platinum",
        P1_CALL | {"package": "platinum"},
        {"target_minutes": 15, "flags": ["follow_the_sun", "p1_enhanced"]},
    ),
    # nothing said
    ("severity left open", {"severity": None}, {"priority": "P3"}),
    (
        "severity left open, by setting",
        {"severity": None, "settings": {"severity.default": "P4"}},
        {"priority": "P4"},
    ),
]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [(facts, expected) for _, facts, expected in READINGS],
    ids=[name for name, _, _ in READINGS],
)
def test_reading(facts: Facts, expected: Facts) -> None:
    found = asked(**facts)
    assert {name: found[name] for name in expected} == expected


def test_severity_default_p1_still_needs_a_call() -> None:
    found = asked(severity=None, settings={"severity.default": "P1"})
    assert found["priority"] == "P2"
