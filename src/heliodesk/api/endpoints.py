"""The table of the API: every address, what it takes and gives, and who may ask."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from heliodesk.api import cases, customers, reports
from heliodesk.api.door import Answer, Asked, Endpoint, Param
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
    return Endpoint("GET", path, name, about, Scope.READ, may, do, gives, **given)  # type: ignore[arg-type]


def _writes(path: str, name: str, about: str, do: object, **given: object) -> Endpoint:
    return Endpoint("POST", path, name, about, Scope.WRITE, May.WORK_CASES, do, **given)  # type: ignore[arg-type]


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
        more="The policy decides on it as on any other channel; what it does not allow is 409.",
    ),
    _writes(
        "/cases/{ref}/reply",
        "reply",
        "Answer the customer",
        cases.replied,
        takes=cases.Reply,
        gives=cases.MessageMade,
    ),
    _writes(
        "/cases/{ref}/note",
        "add_note",
        "Add a note for colleagues",
        cases.noted,
        takes=cases.Note,
        gives=cases.MessageMade,
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
