"""What two packs say differently, value by value; what they judge differently is in situations."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from heliodesk.calendars.hours import write_week
from heliodesk.entitlements.pack.model import Pack


class Difference(NamedTuple):
    """One value: where it stands, and what it is in either pack; empty where it is not."""

    kind: str
    name: str
    before: str
    after: str


def differences(before: Pack, after: Pack) -> list[Difference]:
    """All values that differ, by kind: packages, cells, targets, settings, regions, sentences."""
    old, new = dict(_values(before)), dict(_values(after))
    return [
        Difference(kind, name, old.get((kind, name), ""), new.get((kind, name), ""))
        for kind, name in dict.fromkeys((*old, *new))
        if old.get((kind, name)) != new.get((kind, name))
    ]


def _values(pack: Pack) -> Iterator[tuple[tuple[str, str], str]]:
    """Every value of a pack in words, under its kind and name."""
    yield ("pack", "vendor"), pack.vendor
    yield ("pack", pack.identifier.label or "identifier"), pack.identifier.pattern
    for package in pack.packages:
        yield ("package", package.code), f"{package.rank} {package.label}"
    for row in pack.offerings():
        for code, cell in row.cells.items():
            grade = f", {cell.grade}" if cell.grade not in {"", "standard"} else ""
            yield ("cell", f"{row.code}, {code}"), f"{_plain(cell.value)}{grade} ({cell.tag})"
    for metric, rows in pack.targets.items():
        for code, row_ in rows.items():
            for priority, target in row_.items():
                name = f"{metric}, {code}, {priority}".replace("_", " ")
                yield ("target", name), f"{target.minutes} min, {target.clock.replace('_', ' ')}"
    for key, spec in pack.settings.items():
        yield ("setting", key), _plain(spec.default)
    yield from _places(pack)
    for key, message in pack.messages.items():
        yield ("sentence", key), message.text
        for variant, text in message.variants.items():
            yield ("sentence", f"{key}, {variant}"), text


def _places(pack: Pack) -> Iterator[tuple[tuple[str, str], str]]:
    for code, region in pack.regions.items():
        numbers = ", ".join(number.e164 for number in region.numbers)
        yield ("region", code), f"{region.label}, {region.zone}, {region.queue}, {numbers}"
    for code, calendar in pack.calendars.items():
        yield ("hours", code), _week(write_week(calendar.week))
    for code, address in pack.mail_addresses.items():
        yield ("address", code), address


def _week(hours: Mapping[str, list[str]]) -> str:
    return "; ".join(f"{days} {', '.join(windows)}" for days, windows in hours.items())


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return str(value)
