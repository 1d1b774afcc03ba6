"""A table of situations to try a pack on, and what two packs make of it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from heliodesk.entitlements.pack.examples import Example, examples_of
from heliodesk.entitlements.pack.model import PRIORITIES, Pack
from heliodesk.entitlements.request import Channel, ContactRole
from heliodesk.entitlements.simulation import QuestionError, Simulator, outcome

Situation = Mapping[str, object]

#: A Tuesday morning and a Saturday night, by the clocks of most of the world.
INSTANTS = ("2026-03-03T10:00+00:00", "2026-03-07T03:00+00:00")
_ROLES = (
    ContactRole.DESIGNATED,
    ContactRole.AUTHORISED,
    ContactRole.PARTNER,
    ContactRole.UNKNOWN_DOMAIN_OK,
    ContactRole.UNKNOWN,
)
_SPECIAL: tuple[Situation, ...] = (
    {"channel": "email", "account_id": "missing"},
    {"channel": "email", "account_id": "unknown_id"},
    {"channel": "email", "existing_case": "open"},
    {"channel": "email", "existing_case": "closed_recent"},
    {"channel": "email", "existing_case": "closed_old"},
    {"channel": "email", "contract": {"package_expired_days": 5}},
    {"channel": "email", "contract": {"package_expired_days": 60}},
    {"channel": "email", "contract": {"service": "terminated"}},
    {"channel": "email", "case_type": "email_tracking", "missing_fields": ["date"]},
    {"channel": "email", "auto_reply": True},
    {"channel": "web", "issue_details_length": 2001},
    {"channel": "phone", "account_id": "missing"},
    {"channel": "phone", "severity": "P1", "account_id": "missing"},
    {"channel": "phone", "severity": "P1", "p1_criteria_met": False, "assessed_severity": "P3"},
    {"channel": "phone", "severity": "P1", "major_incident_open": True},
    {"channel": "phone", "lifecycle": "implementation", "case_type": "implementation"},
)


def situations(*packs: Pack) -> Iterator[Situation]:
    """Packages, regions, channels, callers, severities and hours of these packs, in order."""
    packages = list(dict.fromkeys(p.code for pack in packs for p in pack.packages))
    regions = list(dict.fromkeys(code for pack in packs for code in pack.regions))
    for package, at in product(packages, INSTANTS):
        for channel, role, severity in product(Channel, _ROLES, PRIORITIES):
            yield {
                "at": at,
                "package": package,
                "channel": str(channel),
                "contact_role": str(role),
                "severity": severity,
            }
        common = {"at": at, "package": package, "contact_role": "authorised", "severity": "P3"}
        for special in _SPECIAL:
            yield common | dict(special)
        for region in regions:
            yield common | {"region": region, "channel": "phone"}


def table_of(*packs: Pack) -> list[Situation]:
    """The worked examples of these packs, then the situations drawn up from them."""
    worked = [example.input for pack in packs for example in examples_of(pack.code)]
    distinct = [one for n, one in enumerate(worked) if one not in worked[:n]]
    return [*distinct, *situations(*packs)]


@dataclass(frozen=True, slots=True)
class Worked:
    """A worked example under a pack: by field what was expected and what came out, where they
    differ.
    """

    example: Example
    differs: Mapping[str, tuple[object, object]]


def worked(pack: Pack) -> list[Worked]:
    """The pack's own worked examples, each with what has changed; a sample holds all of them."""
    simulator = Simulator(pack)
    found = []
    for example in examples_of(pack.code):
        came = _judged(simulator, example.input)
        names = dict.fromkeys((*example.expect, *came))
        differs = {
            name: (example.expect.get(name), came.get(name))
            for name in names
            if example.expect.get(name) != came.get(name)
        }
        found.append(Worked(example, differs))
    return found


@dataclass(frozen=True, slots=True)
class Change:
    """A situation that two packs judge differently: by field, the value before and after."""

    situation: Situation
    fields: Mapping[str, tuple[object, object]]


def compare(before: Pack, after: Pack, table: Iterable[Situation]) -> Iterator[Change]:
    """The situations of the table that come out differently under the second pack."""
    old, new = Simulator(before), Simulator(after)
    for situation in table:
        first, second = _judged(old, situation), _judged(new, situation)
        names = dict.fromkeys((*first, *second))
        if "error" in names:
            names = {"error": None, "decision": None}
        changed = {
            name: (first.get(name), second.get(name))
            for name in names
            if first.get(name) != second.get(name)
        }
        if changed:
            yield Change(situation, changed)


def _judged(simulator: Simulator, situation: Situation) -> dict[str, object]:
    try:
        return outcome(simulator.ask(situation)[0])
    except QuestionError as error:
        return {"error": str(error)}
