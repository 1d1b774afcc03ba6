"""A pack from its YAML text, section by section; every fault with its line."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import TypeVar

from heliodesk.calendars.rules import CalendarError, check_reach
from heliodesk.entitlements.pack.matrix import read_families, read_targets, right_cell
from heliodesk.entitlements.pack.model import (
    PRIORITIES,
    Cell,
    ClockKind,
    Family,
    Identifier,
    Message,
    Offering,
    Pack,
    Package,
    Severity,
    Targets,
    Window,
)
from heliodesk.entitlements.pack.nodes import Faults, Misread, Node, read_tree
from heliodesk.entitlements.pack.places import HolidayPlace, read_calendar, read_region
from heliodesk.entitlements.pack.settings import check_needed, read_setting
from heliodesk.entitlements.pack.wordings import check_messages, read_message
from heliodesk.entitlements.request import CaseType

T = TypeVar("T")
SECTIONS = (
    "pack title vendor identifier packages families severities targets calendars regions "
    "mail_addresses queues tracking_fields settings messages"
)
OPTIONAL_SECTIONS = "sample source base_rights p1_criteria web case_words valid_until"
#: A day to try targets from; any would do.
_SOME_DAY = datetime(2026, 1, 1, tzinfo=UTC)
QUEUES = "p1 implementation unidentified identity account"


def read_pack(source: str, file: str) -> Pack:
    """The pack in a YAML text. Raises PackError with file, line and reason of every fault."""
    faults = Faults(file)
    root = read_tree(source, faults)
    try:
        sections = root.fields(SECTIONS, OPTIONAL_SECTIONS)
    except Misread as error:
        faults.add(error.line, error.reason)
        faults.finish()
    reading = _Reading(sections, faults)
    pack = reading.pack()
    faults.finish()
    assert pack is not None  # noqa: S101 (a failed section has left a fault)
    return pack


class _Reading:
    """The sections of one file while they are read."""

    def __init__(self, sections: Mapping[str, Node], faults: Faults) -> None:
        self.sections, self.faults = sections, faults

    def read(self, section: str, reader: Callable[[Node], T], absent: T) -> T:
        """Read a section; a fault is noted and the absent value stands in."""
        node = self.sections.get(section)
        if node is None:
            return absent
        self.faults.section = section
        try:
            return reader(node)
        except Misread as error:
            self.faults.add(error.line, error.reason, *error.rests_on)
            return absent

    def keyed(self, section: str, read: Callable[[Node], T], key: str = "code") -> dict[str, T]:
        """Read a list of things with codes into a mapping; a code given twice is a fault."""
        found: dict[str, T] = {}

        def one(node: Node) -> None:
            thing = read(node)
            code = str(getattr(thing, key))
            if code in found:
                raise node.wrong(f"{code} is given twice")
            found[code] = thing

        def every(node: Node) -> None:
            for _ in node.each(one):
                pass

        self.read(section, every, None)
        return found

    def pack(self) -> Pack | None:
        """All sections, then what must fit between them."""
        packages = self.packages()
        codes = [package.code for package in packages]
        families: tuple[Family, ...] = ()
        families = self.read("families", lambda node: read_families(node, codes), families)
        targets: Targets = {}
        targets = self.read("targets", lambda node: read_targets(node, codes), targets)
        calendars: dict[str, HolidayPlace] = self.keyed("calendars", read_calendar)
        mail: dict[str, str] = {}
        mail = self.read("mail_addresses", _addresses, mail)
        regions = self.keyed("regions", lambda node: read_region(node, mail, calendars))
        settings = self.keyed("settings", lambda node: read_setting(node, list(regions)), "key")
        self.read("settings", lambda node: check_needed(node, settings), None)
        messages: dict[str, Message] = {}
        messages = self.read("messages", self.messages, messages)
        self.read("messages", lambda node: check_messages(node, messages), None)
        self.read("calendars", lambda node: _check_reach(node, calendars, targets), None)
        identifier = self.read("identifier", _identifier, None)
        self.read("families", lambda node: _check_rights(node, families, codes), None)
        if identifier is None:
            return None
        return Pack(
            code=self.read("pack", Node.code, ""),
            title=self.read("title", Node.text, ""),
            vendor=self.read("vendor", Node.text, ""),
            sample=self.read("sample", Node.flag, False),  # noqa: FBT003 (the value where the pack says nothing)
            source=self.read("source", _plain_mapping, {}),
            identifier=identifier,
            packages=packages,
            base_rights=self.read("base_rights", _base_rights, {}),
            families=families,
            severities=self.severities(),
            p1_criteria=self.read("p1_criteria", _labels, {}),
            targets=targets,
            calendars={code: place.calendar for code, place in calendars.items()},
            holiday_places={
                code: (place.country, place.subdivision)
                for code, place in calendars.items()
                if place.country
            },
            regions=regions,
            mail_addresses=mail,
            web_form=self.read("web", _web_form, ""),
            queues=self.read("queues", _queues, {}),
            tracking_fields=self.read("tracking_fields", Node.texts, ()),
            settings=settings,
            messages=messages,
            case_words=self.read("case_words", _case_words, {}),
            valid_until=self.read("valid_until", _day, None),
        )

    def packages(self) -> tuple[Package, ...]:
        """The packages in order; there is at least the base."""

        def one(node: Node) -> Package:
            fields = node.fields("code label", "refs")
            return Package(fields["code"].code(), fields["label"].text(), 0)

        found = list(self.keyed("packages", one).values())
        if not found and "packages" in self.sections:
            line = self.sections["packages"].line
            self.faults.add(line, "at least the base package is needed", "packages")
        return tuple(Package(p.code, p.label, rank) for rank, p in enumerate(found))

    def severities(self) -> tuple[Severity, ...]:
        """The four severities with their labels."""

        def one(node: Node) -> Severity:
            fields = node.fields("code label", "meaning tag refs")
            meaning = fields["meaning"].text() if "meaning" in fields else ""
            return Severity(fields["code"].one_of(PRIORITIES), fields["label"].text(), meaning)

        found = self.keyed("severities", one)
        missing = [code for code in PRIORITIES if code not in found]
        if missing:
            line = self.sections["severities"].line
            self.faults.add(line, f"severity {', '.join(missing)} is missing", "severities")
        return tuple(found[code] for code in PRIORITIES if code in found)

    def messages(self, node: Node) -> dict[str, Message]:
        """The messages by key."""
        found: dict[str, Message] = {}
        for key, value in node.items():
            try:
                found[key] = read_message(key, value)
            except Misread as error:
                self.faults.add(error.line, error.reason, *error.rests_on)
        return found


def _identifier(node: Node) -> Identifier:
    fields = node.fields("label pattern", "example where_to_find refs")
    pattern = fields["pattern"].text()
    try:
        re.compile(pattern)
    except re.error as error:
        raise fields["pattern"].wrong(f"not a pattern: {error}") from error
    example = fields["example"].text() if "example" in fields else ""
    where = fields["where_to_find"].text() if "where_to_find" in fields else ""
    return Identifier(fields["label"].text(), pattern, example, where)


def _addresses(node: Node) -> dict[str, str]:
    found: dict[str, str] = {}
    for entry in node.entries():
        fields = entry.fields("code address", "refs")
        address = fields["address"].text()
        if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", address):
            raise fields["address"].wrong(f"{address!r} is not a mail address")
        found[fields["code"].code()] = address
    return found


def _plain_mapping(node: Node) -> Mapping[str, object]:
    return {key: value.plain() for key, value in node.items()}


def _labels(node: Node) -> dict[str, str]:
    entries = [entry.fields("code label", "refs") for entry in node.entries()]
    return {fields["code"].code(): fields["label"].text() for fields in entries}


def _base_rights(node: Node) -> dict[str, Cell]:
    return {key: right_cell(value) for key, value in node.items()}


def _web_form(node: Node) -> str:
    return node.fields("form", "section refs")["form"].text()


def _queues(node: Node) -> dict[str, str]:
    return {key: value.code() for key, value in node.fields(QUEUES).items()}


def _day(node: Node) -> date:
    found = node.plain()
    if not isinstance(found, date):
        raise node.wrong("a date such as 2027-12-31 is expected here")
    return found


def _case_words(node: Node) -> dict[str, tuple[str, ...]]:
    found = {}
    for kind, words in node.items():
        if kind not in set(CaseType):
            raise words.wrong(f"{kind} is no kind of case: {', '.join(CaseType)}")
        found[kind] = tuple(word.lower() for word in words.texts())
    return found


def _check_reach(node: Node, calendars: Mapping[str, HolidayPlace], targets: Targets) -> None:
    """A target that would never fall due is found here, not at 3 a.m."""
    cells = [c for rows in targets.values() for row in rows.values() for c in row.values()]
    longest = max((c.minutes for c in cells if c.clock is ClockKind.BUSINESS_HOURS), default=0)
    for place in calendars.values():
        try:
            check_reach(place.calendar, _SOME_DAY, longest)
        except CalendarError as error:
            reason = f"the longest target would never fall due: {error}"
            raise node.wrong(reason, "calendars", "targets") from error


def _check_rights(node: Node, families: tuple[Family, ...], codes: list[str]) -> None:
    """Telephone rights must be given, and never fall from a package to the next."""
    rows = [row for family in families for row in family.offerings]
    for right in ("general_phone", "p1_phone"):
        granting = [row for row in rows if row.grants == right]
        if len(granting) != 1:
            reason = f"exactly one offering must grant {right}, not {len(granting)}"
            raise node.wrong(reason, "families", "packages")
        _check_rising(node, granting[0], codes)


def _check_rising(node: Node, row: Offering, codes: list[str]) -> None:
    order = list(Window)
    widths = [order.index(Window(str(row.cells[code].value))) for code in codes]
    if widths != sorted(widths):
        reason = f"{row.code}: a higher package may not have fewer hours than a lower one"
        raise node.wrong(reason, "families", "packages")
