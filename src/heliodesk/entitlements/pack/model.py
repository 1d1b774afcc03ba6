"""A policy pack in memory: packages, offerings, targets, regions, settings, messages."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from heliodesk.calendars.rules import Calendar


class Tag(StrEnum):
    """Where a fact of the pack comes from."""

    STATED = "S"
    DEDUCED = "S+"
    INFERRED = "I"
    OTHER_SOURCE = "X"
    UNKNOWN = "U"


class ValueType(StrEnum):
    """What kind of value the cells of an offering hold."""

    BOOL = "bool"
    FREQ = "freq"
    GRADE = "grade"
    WINDOW = "window"


class Window(StrEnum):
    """The hours in which a package answers the telephone (R36, R37)."""

    NONE = "none"
    IMPLEMENTATION_ONLY = "implementation_only"
    LOCAL_BUSINESS_HOURS = "local_business_hours"
    ALWAYS = "always"


class ClockKind(StrEnum):
    """The time a target is counted in."""

    ALWAYS = "24x7"
    BUSINESS_HOURS = "business_hours"


class Metric(StrEnum):
    """What a target measures."""

    FIRST_RESPONSE = "first_response"
    NEXT_RESPONSE = "next_response"
    UPDATE = "update"
    RESOLUTION = "resolution"


PRIORITIES = ("P1", "P2", "P3", "P4")


@dataclass(frozen=True, slots=True)
class Target:
    """A target of the vendor: minutes, and the time they are counted in."""

    minutes: int
    clock: ClockKind


#: Targets by metric, package code and priority.
Targets = Mapping[Metric, Mapping[str, Mapping[str, Target]]]


@dataclass(frozen=True, slots=True)
class Cell:
    """What one package gives of one offering. ``source`` is the text of the original page."""

    value: bool | str
    tag: Tag
    grade: str = ""
    label: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Offering:
    """A row of the matrix. ``grants`` names the right it decides on, if it decides on one."""

    code: str
    label: str
    type: ValueType
    cells: Mapping[str, Cell]
    grants: str = ""
    source: str = ""
    refs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Family:
    """A group of offerings, in the order of the page."""

    code: str
    label: str
    offerings: tuple[Offering, ...]


@dataclass(frozen=True, slots=True)
class Package:
    """A support package; ``rank`` 0 is the base that every customer has."""

    code: str
    label: str
    rank: int


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """A number to call: as the source wrote it, and in E.164 (C29)."""

    source: str
    e164: str
    national_only: bool = False


@dataclass(frozen=True, slots=True)
class Region:
    """A place customers belong to: zone, queue, numbers, address, data boundary."""

    code: str
    label: str
    place: str
    zone: str
    queue: str
    mail: str
    numbers: tuple[PhoneNumber, ...] = ()
    countries: tuple[str, ...] = ()
    data_boundary: str = ""


@dataclass(frozen=True, slots=True)
class SettingSpec:
    """A setting of the pack: its type, default, scope and what it means."""

    key: str
    type: str
    default: object
    options: tuple[str, ...]
    scope: str
    tag: Tag
    refs: tuple[str, ...]
    meaning: str


@dataclass(frozen=True, slots=True)
class Message:
    """What a customer is told under a key; ``variants`` replace the text in special cases."""

    key: str
    text: str
    variants: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Identifier:
    """The account identifier: what it is called, its shape, where a customer finds it."""

    label: str
    pattern: str
    example: str
    where_to_find: str


@dataclass(frozen=True, slots=True)
class Severity:
    """A severity or priority level and its label."""

    code: str
    label: str
    meaning: str


@dataclass(frozen=True, slots=True, eq=False)
class Pack:
    """A whole policy pack. Packages are ordered, lowest first."""

    code: str
    title: str
    vendor: str
    sample: bool
    source: Mapping[str, object]
    identifier: Identifier
    packages: tuple[Package, ...]
    base_rights: Mapping[str, Cell]
    families: tuple[Family, ...]
    severities: tuple[Severity, ...]
    p1_criteria: Mapping[str, str]
    targets: Targets
    calendars: Mapping[str, Calendar]
    holiday_places: Mapping[str, tuple[str, str | None]]
    regions: Mapping[str, Region]
    mail_addresses: Mapping[str, str]
    web_form: str
    queues: Mapping[str, str]
    tracking_fields: tuple[str, ...]
    settings: Mapping[str, SettingSpec]
    messages: Mapping[str, Message]
    #: Words in a subject that tell what kind of case it is, by kind.
    case_words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    #: The last day on which it may be brought into force; None for no end.
    valid_until: date | None = None

    def package(self, code: str) -> Package:
        """The package of this code; KeyError if the pack has none."""
        return next(package for package in self.packages if package.code == code)

    def offerings(self) -> tuple[Offering, ...]:
        """All offerings of all families, in order."""
        return tuple(offering for family in self.families for offering in family.offerings)

    def granting(self, right: str) -> Offering | None:
        """The offering that decides on a right, if the pack has one."""
        return next((row for row in self.offerings() if row.grants == right), None)

    def to_review(self) -> list[tuple[Offering, str, Cell]]:
        """The cells tagged unknown, for the list at set-up (C28)."""
        asked = self.settings.get("review.unknown_cells")
        if asked and asked.default is False:
            return []
        return [
            (row, package, cell)
            for row in self.offerings()
            for package, cell in row.cells.items()
            if cell.tag is Tag.UNKNOWN
        ]
