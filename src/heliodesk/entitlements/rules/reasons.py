"""Every sentence the decision can give as a reason, with the requirements behind it."""

from heliodesk.entitlements.decision import Effect, Reason


def _passed(rule: str, refs: str, says: str) -> Reason:
    return Reason(rule, tuple(refs.split()), says, Effect.PASSED)


def _changed(rule: str, refs: str, says: str) -> Reason:
    return Reason(rule, tuple(refs.split()), says, Effect.CHANGED)


NOT_AUTOMATIC = _passed("01.auto_reply", "C20", "Not an automatic reply.")
AUTOMATIC_DROPPED = _changed(
    "01.auto_reply", "C20", "An automatic reply: never answered, and dropped."
)
AUTOMATIC_HELD = _changed(
    "01.auto_reply", "C20", "An automatic reply: never answered, held to be looked at."
)

FORM_FITS = _passed("02.form", "R70 R71 C19", "Nothing in the form breaks its limits.")
FORM_TOO_LONG = _changed("02.form", "R71 C19", "The issue details are longer than the form takes.")
FORM_EMPTY = _changed("02.form", "R70 R45", "The issue details are required and empty.")

SERVICE_RUNS = _passed("03.contract", "C18", "No ended service contract stands in the way.")
SERVICE_ENDED = _changed(
    "03.contract", "C18", "The service contract has ended: the account desk takes it."
)
SERVICE_ENDED_P1 = _changed(
    "03.contract", "C18", "The service contract has ended: account desk, and the duty manager."
)

THREAD_FITS = _passed("04.thread", "R73 C11", "No case of somebody else is quoted.")
THREAD_MISMATCH = _changed(
    "04.thread", "R73 R85 C11", "The case quoted does not belong to the sender."
)

ID_CHECKED = _passed("05.identity", "R41 R50 R54", "Sender and account ID belong together.")
PARTNER_CHECKED = _passed(
    "05.identity", "R55 C12", "A linked partner: the customer's package and region apply."
)
ID_INFERRED = _changed(
    "05.identity", "R41 C7", "No account ID: the sender's only account is used, with a reminder."
)
ID_FROM_THREAD = _changed("05.identity", "R41 R73 C7", "No account ID: the case quoted shows it.")
ID_HELD = _changed("05.identity", "R41 C7", "No account ID: held, as the setting says.")
ID_WHICH = _changed(
    "05.identity", "R41 R55 C7", "No account ID, and the sender writes for several accounts."
)
ID_WRONG = _changed(
    "05.identity", "R42 C9", "No account has this ID: filed under the sender's account, flagged."
)
ID_UNREADABLE = _changed(
    "05.identity", "R42 C9", "The ID cannot be read: filed under the sender's account, flagged."
)
ID_BAD_HELD = _changed("05.identity", "R42 C9", "The ID does not fit: held, as the setting says.")
ID_BAD_WHICH = _changed(
    "05.identity", "R42 R55 C9 C7", "The ID does not fit, and the sender writes for several."
)
SENDER_UNKNOWN = _changed("05.identity", "R41 C8", "An unknown sender and no valid account ID.")
SENDER_NO_CONTACT = _changed(
    "05.identity", "C10 C31", "A valid ID, but the sender is not an active contact of the account."
)
SENDER_UNVERIFIED = _changed(
    "05.identity", "C10", "Not a contact, but on a verified domain: restricted, at most P3."
)
SENDER_UNVERIFIED_HELD = _changed(
    "05.identity", "C10", "Not a contact: held until a designated contact confirms."
)
CROSS_ACCOUNT = _changed("05.identity", "R54 C11", "The ID belongs to another account.")
PARTNER_NO_LINK = _changed("05.identity", "R55 C12", "The partner has no link with the customer.")
CALLER_WITHOUT_ID = _changed(
    "05.identity", "R50 R51 R52 C13", "A call without a valid ID: told where to find it, held."
)
CALLER_WITHOUT_ID_P1 = _changed(
    "05.identity", "R51 C13", "A P1 call without a valid ID: verified by calling back."
)
CALLER_UNKNOWN = _changed("05.identity", "R50 C10", "The caller is not a contact of the account.")
CALLER_UNKNOWN_P1 = _changed(
    "05.identity", "R50 C6 C10", "The caller cannot be placed: the duty desk looks into the P1."
)

NO_CLOSED_CASE = _passed("06.closed_case", "R73 C17", "No closed case is taken up again.")
CASE_REOPENED = _changed("06.closed_case", "R73 C17", "A case closed lately: reopened.")
CASE_LINKED = _changed("06.closed_case", "R73 C17", "A case closed long ago: a new one, linked.")
CASE_LEFT_CLOSED = _changed(
    "06.closed_case", "C10 C17", "An unconfirmed sender does not reopen a case: a new one."
)

PACKAGE_RUNS = _passed("07.package", "R15 C18", "The package runs.")
PACKAGE_IN_GRACE = _changed("07.package", "C18", "The package has expired and is in its grace.")
PACKAGE_EXPIRED = _changed(
    "07.package", "R12 C18", "The package has expired and its grace too: the base applies."
)

NOT_P1 = _passed("08.p1", "R82", "Priority 1 is not claimed.")
P1_WRITTEN = _changed("08.p1", "R81 C5", "Priority 1 is raised by telephone only: made P2.")
P1_WRITTEN_CALL = _changed(
    "08.p1", "R81 C5", "Priority 1 is raised by telephone only: made P2, asked to call."
)
P1_UNMET = _changed("08.p1", "R78 R79 C14 C33", "The definition of priority 1 is not met.")
P1_OPEN_CASE = _changed("08.p1", "R57", "The call is about an open P1: connected to its owner.")
P1_IN_WINDOW = _changed("08.p1", "R37 R75 R81", "A P1 call within the hours of the package.")
P1_DESIGNATED = _changed(
    "08.p1", "R76 R77 R82 C1", "Outside the package's hours, but a designated contact: accepted."
)
P1_DESIGNATED_BASE = _changed(
    "08.p1", "R76 R77 R82 C2", "No telephone in the package, but a designated contact: accepted."
)
P1_DEFERRED = _changed(
    "08.p1", "R37 C1", "Outside the package's hours: the clock starts at the next opening."
)
P1_NOT_DESIGNATED = _changed(
    "08.p1", "R76 C6", "Not a designated contact: P2 while the duty desk calls one."
)
P1_NOT_ON_BASE = _changed(
    "08.p1", "R36 R37 C2", "The package has no telephone support: answered in writing as P2."
)
P1_PROMOTED = _changed("08.p1", "R57 R81 C5", "The call makes the open case a P1 from now on.")
P1_LINKED = _changed(
    "08.p1", "R80 C23", "A major incident is open: linked to it, nobody is called twice."
)

NO_CALL = _passed("09.phone", "R58", "Not a call that needs the hours of the package.")
CALL_COVERED = _passed("09.phone", "R36 R58", "The package answers this call now.")
CALL_CLOSED = _changed("09.phone", "R36 R88 C3", "Outside telephone hours: answered in writing.")
CALL_NOT_COVERED = _changed(
    "09.phone", "R36 R58 C3", "The package does not cover this call: answered in writing."
)
CALL_REFUSED = _changed("09.phone", "R36 C3", "Not covered now: refused, as the setting says.")
CALL_COURTESY = _changed("09.phone", "R36 C3", "Not covered now: answered live as a courtesy.")

PAPERS_COMPLETE = _passed("10.papers", "R40 R47 C15 C16", "Address and fields are as they should.")
TRACKING_MISSING = _changed(
    "10.papers", "R47 R48 C15", "Fields of the traced message are missing and are asked for."
)
TRACKING_HELD = _changed(
    "10.papers", "R47 C15", "Fields of the traced message are missing: held, as the setting says."
)
WRONG_ADDRESS = _changed(
    "10.papers", "R40 R68 C16", "Written to the other side's address: moved to the right queue."
)
WRONG_ADDRESS_ONLY = _changed(
    "10.papers", "R40 R68 C16", "Written to the other side's address: answered with the right one."
)
SUMMARY_MISSING = _changed("10.papers", "R45", "The text is empty: a summary is asked for.")

CLOCK_ALWAYS = _passed("11.target", "R75 R77 C4 C25", "The target counts every hour of every day.")
CLOCK_BUSINESS = _passed(
    "11.target", "R14 R88 C22 C24 C25", "The target counts local business hours."
)
