"""The matrix of offerings and packages, and the table of targets, as the YAML gives them."""

import re
from collections.abc import Mapping

from heliodesk.entitlements.pack.model import (
    PRIORITIES,
    Cell,
    ClockKind,
    Family,
    Metric,
    Offering,
    Tag,
    Target,
    Targets,
    ValueType,
    Window,
)
from heliodesk.entitlements.pack.nodes import Node

RIGHTS = ("general_phone", "p1_phone", "follow_the_sun")
GRADES = ("standard", "prioritized", "enhanced")
_RIGHT_TYPES = {
    "general_phone": ValueType.WINDOW,
    "p1_phone": ValueType.WINDOW,
    "follow_the_sun": ValueType.BOOL,
}
_ABSENT: Mapping[ValueType, bool | str] = {
    ValueType.BOOL: False,
    ValueType.FREQ: "none",
    ValueType.GRADE: "none",
    ValueType.WINDOW: "none",
}
_FREQ = re.compile(r"(none|weekly|annual|biannual|\d+/year)(\+[a-z_]+)?")


def read_families(node: Node, packages: list[str]) -> tuple[Family, ...]:
    """The families with their offerings; an offering's code may stand once in the pack."""
    seen: set[str] = set()

    def offering(entry: Node) -> Offering:
        found = _offering(entry, packages)
        if found.code in seen:
            raise entry.wrong(f"offering {found.code} is given twice")
        seen.add(found.code)
        return found

    def family(entry: Node) -> Family:
        fields = entry.fields("code label offerings", "refs")
        rows = tuple(fields["offerings"].each(offering))
        return Family(fields["code"].code(), fields["label"].text(), rows)

    return tuple(node.each(family))


def _offering(node: Node, packages: list[str]) -> Offering:
    fields = node.fields("code label type cells", "grants refs source")
    kind = ValueType(fields["type"].one_of(ValueType))
    grants = fields["grants"].one_of(RIGHTS) if "grants" in fields else ""
    if grants and kind is not _RIGHT_TYPES[grants]:
        raise fields["type"].wrong(f"an offering that grants {grants} is {_RIGHT_TYPES[grants]}")
    cells = {}
    for package, value in fields["cells"].items():
        if package not in packages:
            raise value.wrong(f"{package} is not a package of this pack", "packages")
        cells[package] = _cell(value, kind, graded=grants == "p1_phone")
    missing = [package for package in packages[1:] if package not in cells]
    if missing:
        raise fields["cells"].wrong(f"the cell of {', '.join(missing)} is missing", "packages")
    base = packages[0] if packages else ""
    cells.setdefault(base, Cell(_ABSENT[kind], Tag.INFERRED, "standard" if grants else ""))
    return Offering(
        code=fields["code"].code(),
        label=fields["label"].text(),
        type=kind,
        cells={package: cells[package] for package in packages},
        grants=grants,
        source=fields["source"].text() if "source" in fields else "",
        refs=fields["refs"].texts() if "refs" in fields else (),
    )


def _cell(node: Node, kind: ValueType, *, graded: bool) -> Cell:
    fields = node.fields("value tag", "grade label source")
    grade = fields["grade"].one_of(GRADES) if "grade" in fields else ""
    if graded and not grade:
        grade = "standard"
    return Cell(
        value=_value(fields["value"], kind),
        tag=Tag(fields["tag"].one_of(Tag)),
        grade=grade,
        label=fields["label"].text() if "label" in fields else "",
        source=fields["source"].text() if "source" in fields else "",
    )


def _value(node: Node, kind: ValueType) -> bool | str:
    if kind is ValueType.BOOL:
        return node.flag()
    if kind is ValueType.WINDOW:
        return node.one_of(Window)
    text = node.code() if kind is ValueType.GRADE else node.text()
    if kind is ValueType.FREQ and not _FREQ.fullmatch(text):
        raise node.wrong(f"{text!r} is not none, weekly, annual, biannual or such as 3/year")
    return text


def right_cell(node: Node) -> Cell:
    """A right of the base that is no row of the matrix."""
    fields = node.fields("value tag", "refs source")
    source = fields["source"].text() if "source" in fields else ""
    return Cell(fields["value"].code(), Tag(fields["tag"].one_of(Tag)), source=source)


def read_targets(node: Node, packages: list[str]) -> Targets:
    """The targets by metric, package and priority; first response must be whole."""
    fields = node.fields("first_response", "next_response update resolution tag refs")
    found: dict[Metric, dict[str, dict[str, Target]]] = {}
    for metric in Metric:
        if metric in fields:
            found[metric] = _by_package(fields[metric], packages)
    for package in packages:
        given = found[Metric.FIRST_RESPONSE].get(package, {})
        missing = [priority for priority in PRIORITIES if priority not in given]
        if missing:
            raise fields["first_response"].wrong(
                f"the target of {package} for {', '.join(missing)} is missing", "packages"
            )
    return found


def _by_package(node: Node, packages: list[str]) -> dict[str, dict[str, Target]]:
    found: dict[str, dict[str, Target]] = {}
    for package, row in node.items():
        if package not in packages:
            raise row.wrong(f"{package} is not a package of this pack", "packages")
        cells = row.fields("", " ".join(PRIORITIES))
        found[package] = {priority: _target(cell) for priority, cell in cells.items()}
    return found


def _target(node: Node) -> Target:
    if not isinstance(node.plain(), dict):
        return Target(node.whole(least=1), ClockKind.BUSINESS_HOURS)
    fields = node.fields("minutes", "clock")
    clock = fields["clock"].one_of(ClockKind) if "clock" in fields else ClockKind.BUSINESS_HOURS
    return Target(fields["minutes"].whole(least=1), ClockKind(clock))
