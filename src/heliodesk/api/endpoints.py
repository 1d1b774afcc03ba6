"""The table of the API: every address, what it takes and gives, and who may ask."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from heliodesk.api import beside, cases, customers, files, reports
from heliodesk.api.door import Answer, Asked, Download, Endpoint, Param
from heliodesk.cases.asked import OPERATORS
from heliodesk.identity.rules import May
from heliodesk.identity.tokens import Scope
from heliodesk.reports.queries import GROUPS

BASE = "/api/v1"
_LIMIT = Param("limit", "How many a page.", int, 50, most=100)
_OPERATORS = ", ".join(f"`{example}`" for example, _ in OPERATORS.values())


@dataclass(frozen=True)
class Owner:
    """Who the token acts for."""

    id: int
    name: str
    email: str
    role: str
    zone: str
    queues: list[str]


def _me(request: Asked) -> Answer:
    person = request.person
    return Answer(
        Owner(person.id, person.name, person.email, person.role.value, person.zone,
              list(person.queues))
    )  # fmt: skip


def _reads(path: str, name: str, about: str, do: object, gives: type, **given: object) -> Endpoint:
    may = given.pop("may", May.WORK_CASES)
    return Endpoint("GET", path, name, about, Scope.READ, may, do, gives, **given)  # type: ignore[arg-type]  # fields of it by name


def _writes(path: str, name: str, about: str, do: object, **given: object) -> Endpoint:
    return Endpoint("POST", path, name, about, Scope.WRITE, May.WORK_CASES, do, **given)  # type: ignore[arg-type]  # fields of it by name


ENDPOINTS: tuple[Endpoint, ...] = (
    _reads("/me", "who_am_i", "Who the token acts for", _me, Owner),
    _reads(
        "/cases",
        "list_cases",
        "List cases, the newest first",
        cases.listed,
        cases.CaseList,
        params=(
            Param("q", f"Words and operators, as in the search box: {_OPERATORS}."),
            Param("after", "The “next” of the page before.", int, most=2**62),
            _LIMIT,
        ),
    ),
    _reads(
        "/cases/{ref}",
        "read_case",
        "Read a case with what was said",
        cases.shown,
        cases.CaseDetail,
        more=f"At most {cases.MESSAGES} messages; further ones are pages of their own.",
    ),
    _reads(
        "/cases/{ref}/messages",
        "list_messages",
        "List what was said on a case, the oldest first",
        cases.messages,
        cases.MessageList,
        params=(Param("after", "The “next” of the page before.", int, most=2**62), _LIMIT),
    ),
    _writes(
        "/cases",
        "open_case",
        "Open a case",
        cases.opened,
        takes=cases.NewCase,
        gives=cases.CaseSummary,
        makes=True,
        more="The policy decides on it as on any other channel; what it does not allow is 409.",
    ),
    _writes(
        "/cases/{ref}/reply",
        "reply",
        "Answer the customer",
        cases.replied,
        takes=cases.Reply,
        gives=cases.MessageMade,
        makes=True,
    ),
    _writes(
        "/cases/{ref}/note",
        "add_note",
        "Add a note for colleagues",
        cases.noted,
        takes=cases.Note,
        gives=cases.MessageMade,
        makes=True,
    ),
    *(
        _writes(
            f"/cases/{{ref}}/{verb}",
            verb,
            about.rstrip("."),
            cases.stepped(verb),
            takes=cases.Step,
            gives=cases.CaseSummary,
            more=(
                f"Takes {' and '.join(f'`{name}`' for name in takes)}."
                if takes
                else "Takes nothing: send `{}`."
            ),
        )
        for verb, (takes, about, _) in cases.VERBS.items()
    ),
    _reads(
        "/cases/{ref}/fields",
        "read_fields",
        "Read the fields of a case",
        beside.fields_shown,
        beside.FieldList,
        more="The fields that administrators added to cases of its kind, and what it holds.",
    ),
    _writes(
        "/cases/{ref}/fields",
        "set_fields",
        "Set fields of a case",
        beside.filled,
        takes=beside.FieldValues,
        gives=beside.FieldList,
    ),
    _reads(
        "/cases/{ref}/checklists",
        "read_checklists",
        "Read the checklists on a case",
        beside.checklists_shown,
        beside.Checklists,
    ),
    _writes(
        "/cases/{ref}/checklists",
        "put_checklist",
        "Put a checklist on a case",
        beside.checklist_put,
        takes=beside.PutChecklist,
        gives=beside.Checklists,
    ),
    _writes(
        "/cases/{ref}/checklists/tick",
        "tick",
        "Tick a step, or take the tick away",
        beside.ticked,
        takes=beside.Tick,
        gives=beside.Checklists,
    ),
    _writes(
        "/cases/{ref}/checklists/remove",
        "remove_checklist",
        "Take a checklist off a case",
        beside.checklist_dropped,
        takes=beside.DropChecklist,
        gives=beside.Checklists,
    ),
    _reads(
        "/cases/{ref}/time",
        "list_time",
        "List the time worked on a case",
        beside.time_shown,
        beside.TimeList,
        params=(Param("after", "The “next” of the page before.", int, most=2**62), _LIMIT),
    ),
    _writes(
        "/cases/{ref}/time",
        "enter_time",
        "Enter time on a case",
        beside.time_entered,
        takes=beside.NewTime,
        gives=beside.TimeEntry,
        makes=True,
    ),
    _writes(
        "/cases/{ref}/time/remove",
        "remove_time",
        "Take an entry of time back",
        beside.time_removed,
        takes=beside.DropTime,
        gives=cases.CaseSummary,
    ),
    _writes(
        "/cases/{ref}/escalate",
        "escalate",
        "Call a colleague or a team to a case",
        beside.escalated,
        takes=beside.Escalation,
        gives=cases.CaseSummary,
    ),
    _writes(
        "/cases/{ref}/calm",
        "calm",
        "Say that the escalation is settled",
        beside.calmed,
        takes=cases.Step,
        gives=cases.CaseSummary,
        more="Takes nothing: send `{}`.",
    ),
    _writes(
        "/cases/{ref}/split",
        "split",
        "Open a case with messages of another",
        beside.split,
        takes=beside.Split,
        gives=cases.CaseSummary,
        makes=True,
        more="Gives the new case. The customer is told of it only with `tell`, which needs"
        " a message of theirs among those that go.",
    ),
    _writes(
        "/cases/{ref}/unsplit",
        "unsplit",
        "Undo a split, on the new case",
        beside.unsplit,
        takes=cases.Step,
        gives=cases.CaseSummary,
        more="Takes nothing: send `{}`.",
    ),
    _reads(
        "/files/{id}",
        "fetch_file",
        "Fetch a file of a message",
        files.fetched,
        Download,
        more="The bytes of an attachment, by its id, where the case may be seen.",
    ),
    _writes(
        "/files",
        "send_file",
        "Send a file ahead of its message",
        files.kept,
        takes_bytes=True,
        gives=files.Uploaded,
        makes=True,
        params=(Param("name", "The name of the file.", default="file", most=255),),
        more=(
            "The body is the file itself, with its own `Content-Type`, up to 20 MB. Name it in"
            " `uploads` of a case, reply or note within a day."
        ),
    ),
    _reads(
        "/accounts",
        "list_accounts",
        "List accounts by name",
        customers.accounts,
        customers.AccountList,
        may=May.SEE_CUSTOMERS,
        params=(
            Param("q", "A name, an ID, an address or a mail domain, or how it begins."),
            Param("after", "The “next” of the page before."),
            _LIMIT,
        ),
    ),
    _reads(
        "/accounts/{id}",
        "read_account",
        "Read an account",
        customers.account,
        customers.AccountSummary,
        may=May.SEE_CUSTOMERS,
    ),
    _reads(
        "/contacts",
        "list_contacts",
        "List contacts by name",
        customers.contacts,
        customers.ContactList,
        may=May.SEE_CUSTOMERS,
        params=(
            Param("q", "A name or an address, or how it begins."),
            Param("account", "Only those of this account.", int, most=2**62),
            Param("after", "The “next” of the page before."),
            _LIMIT,
        ),
    ),
    _reads(
        "/contacts/{id}",
        "read_contact",
        "Read a contact",
        customers.contact,
        customers.ContactDetail,
        may=May.SEE_CUSTOMERS,
    ),
    Endpoint(
        "GET",
        "/reports/figures",
        "figures",
        "Figures of a span of days",
        Scope.REPORTS,
        May.SEE_REPORTS,
        reports.figures,
        reports.Report,
        params=(
            Param("start", "The first day; four weeks before the end if it is missing.", date),
            Param("end", "The last day; today if it is missing.", date),
            Param("by", "What to group by.", default="region", one_of=GROUPS),
            *(Param(name, f"Only cases of this {name}.", most=60) for name in GROUPS),
        ),
    ),
)


def by_path() -> Mapping[str, Mapping[str, Endpoint]]:
    """The endpoints of each path, by method."""
    found: dict[str, dict[str, Endpoint]] = {}
    for endpoint in ENDPOINTS:
        found.setdefault(endpoint.path, {})[endpoint.method] = endpoint
    return found
