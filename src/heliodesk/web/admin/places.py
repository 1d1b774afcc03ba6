"""Every page of settings: a table, one line a page. The settings home shows and searches it."""

from dataclasses import dataclass

from django.utils.translation import gettext_noop as _

from heliodesk.identity.person import Person
from heliodesk.identity.rules import May

#: The groups, in the order in which they are shown.
GROUPS = (
    _("People"),
    _("Mail"),
    _("Cases"),
    _("Customers"),
    _("What is promised"),
    _("On-call and phone"),
    _("Data"),
    _("You"),
)


@dataclass(frozen=True)
class Place:
    """One page of settings: where it is, what it is for, who may go there."""

    group: str
    label: str
    #: One sentence: what is decided there.
    about: str
    icon: str
    #: Name of the page's address.
    url: str
    needs: May
    #: Further words that people look for it by.
    words: str = ""


PLACES = [
    Place(
        "People",
        _("People"),
        _("Who works here: invite, change, hand over and deactivate."),
        "users",
        "people",
        May.EDIT_USERS,
        "users colleagues agents invite deactivate password sessions csv",
    ),
    Place(
        "People",
        _("Roles"),
        _("What each role may do, roles of your own, and who must have a second factor."),
        "shield",
        "roles",
        May.EDIT_USERS,
        "permissions rights totp passkey two factor",
    ),
    Place(
        "People",
        _("Teams"),
        _("Who shares which queues, who is at work, and where cases are sent."),
        "users",
        "policy_teams",
        May.WORK_CASES,
        "groups queues skills routing hours",
    ),
    Place(
        "Mail",
        _("Mailboxes"),
        _("The addresses of the desk, their brand, and how mail comes and goes."),
        "at",
        "mailboxes",
        May.EDIT_MAILBOXES,
        "imap smtp oauth address brand test connection",
    ),
    Place(
        "Mail",
        _("Templates"),
        _("The words that customers are sent, by language and region."),
        "mail",
        "words",
        May.EDIT_TEMPLATES,
        "letters mails wording languages acknowledgement",
    ),
    Place(
        "Mail",
        _("Sent mail"),
        _("What was sent, what was not, and why."),
        "up",
        "sent",
        May.SEE_SENT_MAIL,
        "outbound failed captured bounce",
    ),
    Place(
        "Cases",
        _("Tags"),
        _("The words that mark cases: named, coloured, retired, merged."),
        "tag",
        "tags",
        May.EDIT_TEMPLATES,
        "labels colour merge retire",
    ),
    Place(
        "Cases",
        _("Macros"),
        _("Canned texts that do something too."),
        "bolt",
        "macros",
        May.WORK_CASES,
        "canned texts replies snippets",
    ),
    Place(
        "Cases",
        _("Rules"),
        _("When this happens to such a case, do that."),
        "sliders",
        "automation_rules",
        May.EDIT_POLICY,
        "automation triggers conditions log",
    ),
    Place(
        "Cases",
        _("Types and fields"),
        _("What kinds of cases there are, and what is to be known of each."),
        "pen",
        "case_types",
        May.EDIT_POLICY,
        "custom fields case types kinds required form choices",
    ),
    Place(
        "Cases",
        _("Checklists"),
        _("Steps to tick beside a case; required ones hold it until they are done."),
        "check",
        "checklists",
        May.EDIT_POLICY,
        "playbooks steps tasks runbook",
    ),
    Place(
        "Customers",
        _("Import and export"),
        _("Accounts, contacts and partners from a sheet, and back."),
        "down2",
        "import_customers",
        May.EDIT_CUSTOMERS,
        "csv sheet upload accounts contacts partners",
    ),
    Place(
        "What is promised",
        _("Policy"),
        _("Who is entitled to what; try a sender and see why."),
        "book",
        "policy",
        May.WORK_CASES,
        "packages matrix simulator entitlement",
    ),
    Place(
        "What is promised",
        _("Targets"),
        _("First answer, updates and solution, by package and priority."),
        "clock",
        "policy_targets",
        May.WORK_CASES,
        "sla clocks response resolution",
    ),
    Place(
        "What is promised",
        _("Policy packs"),
        _("Bring in, draft, compare and activate a pack."),
        "copy",
        "policy_packs",
        May.WORK_CASES,
        "versions yaml import activate",
    ),
    Place(
        "What is promised",
        _("For review"),
        _("What nobody has confirmed yet: cells, numbers, holidays."),
        "eye",
        "policy_review",
        May.WORK_CASES,
        "unknown doubtful confirm",
    ),
    Place(
        "What is promised",
        _("Calendars"),
        _("Working hours and holidays of each region."),
        "sun",
        "policy_calendars",
        May.WORK_CASES,
        "hours holidays opening",
    ),
    Place(
        "What is promised",
        _("Numbers and addresses"),
        _("What customers of each region call and write to."),
        "globe",
        "policy_numbers",
        May.WORK_CASES,
        "regions telephone hotline",
    ),
    Place(
        "On-call and phone",
        _("On-call set-up"),
        _("Regions, rotas and who is paged next."),
        "sun",
        "oncall_setup",
        May.RUN_ONCALL,
        "rota shifts escalation pager",
    ),
    Place(
        "On-call and phone",
        _("Phone lines"),
        _("Whether calls are offered to you."),
        "phone",
        "lines",
        May.WORK_CASES,
        "telephone calls ready",
    ),
    Place(
        "Data",
        _("Retention"),
        _("How long cases, mail, calls and the audit log are kept, and legal holds."),
        "clock",
        "retention",
        May.GUARD_DATA,
        "gdpr delete purge privacy hold keep months",
    ),
    Place(
        "Data",
        _("A person’s data"),
        _("Export, anonymise or erase somebody who asks for it."),
        "user",
        "privacy",
        May.GUARD_DATA,
        "gdpr export anonymise erase forget subject access",
    ),
    Place(
        "Data",
        _("Audit log"),
        _("What everybody did, searched and taken away as a sheet."),
        "book",
        "audit",
        May.SEE_AUDIT,
        "journal history events export",
    ),
    Place(
        "Data",
        _("API tokens"),
        _("Programs that read or write for somebody: whose, what for, last used."),
        "lock",
        "tokens",
        May.EDIT_USERS,
        "api keys integration programs revoke",
    ),
    Place(
        "Data",
        _("Reports by mail"),
        _("Who is sent which figures, and when."),
        "chart",
        "reports_by_mail",
        May.SEE_REPORTS,
        "schedule figures csv",
    ),
    Place(
        "You",
        _("How you are paged"),
        _("Phone, mail and push, in what order."),
        "bell",
        "oncall_me",
        May.WORK_CASES,
        "pager push sms calendar feed",
    ),
    Place(
        "You",
        _("Out of the office"),
        _("Say when you are away, and who has your cases."),
        "clock",
        "away",
        May.WORK_CASES,
        "holiday absence vacation",
    ),
    Place(
        "You",
        _("Passkeys and codes"),
        _("A second way to prove that it is you."),
        "shield",
        "mfa_index",
        May.WORK_CASES,
        "totp two factor security recovery",
    ),
    Place(
        "You",
        _("Signature"),
        _("What stands under your answers."),
        "pen",
        "signature",
        May.WORK_CASES,
        "name footer regards",
    ),
    Place(
        "You",
        _("Password"),
        _("Change what you sign in with."),
        "lock",
        "account_change_password",
        May.WORK_CASES,
        "",
    ),
    Place(
        "You",
        _("Your API tokens"),
        _("Let a program of yours read or write cases."),
        "lock",
        "my_tokens",
        May.WORK_CASES,
        "api keys integration programs",
    ),
    Place(
        "You",
        _("Where you are signed in"),
        _("Your browsers; sign one out."),
        "globe",
        "usersessions_list",
        May.WORK_CASES,
        "sessions devices sign out",
    ),
]


def places(person: Person, asked: str = "") -> list[tuple[str, list[Place]]]:
    """The pages that this person may open, by group; with ``asked``, those it leads to."""
    wanted = asked.casefold().split()
    found = [
        place
        for place in PLACES
        if person.may(place.needs) and all(word in _said(place) for word in wanted)
    ]
    by_group = [(group, [place for place in found if place.group == group]) for group in GROUPS]
    return [(group, rows) for group, rows in by_group if rows]


def _said(place: Place) -> str:
    return f"{place.group} {place.label} {place.about} {place.words}".casefold()
