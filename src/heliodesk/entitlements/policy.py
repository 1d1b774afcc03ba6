"""A pack made ready for deciding: packages as terms, regions as places, settings in force."""

from collections.abc import Mapping
from dataclasses import dataclass

from heliodesk.calendars.rules import Calendar
from heliodesk.entitlements.pack.model import Metric, Pack, Package, Region, Target, Window
from heliodesk.entitlements.pack.settings import DecisionSettings, decision_settings


class UnknownCode(ValueError):
    """A package or region that the pack does not have; the text names it."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a package gives, as the decision reads it."""

    code: str
    label: str
    #: The place in the queue, 0 for the lightest (C26).
    rank: int
    general_phone: Window
    p1_phone: Window
    p1_grade: str
    follow_the_sun: bool
    targets: Mapping[Metric, Mapping[str, Target]]


@dataclass(frozen=True, slots=True)
class Place:
    """A region with its calendar."""

    region: Region
    calendar: Calendar


class Policy:
    """A pack under the settings in force. Immutable; make one and decide many times."""

    __slots__ = ("_dialled", "_mail", "_places", "_terms", "base", "pack", "settings")

    def __init__(self, pack: Pack, overrides: Mapping[str, object] | None = None) -> None:
        """Raises SettingError for an override the pack does not know or cannot take."""
        self.pack = pack
        self.settings: DecisionSettings = decision_settings(pack.settings, overrides or {})
        self._terms = {package.code: _terms(pack, package.code) for package in pack.packages}
        self.base = self._terms[pack.packages[0].code]
        self._places = {
            code: Place(region, pack.calendars[code]) for code, region in pack.regions.items()
        }
        self._dialled = _dialled(pack)
        self._mail = {code: code for code in pack.mail_addresses} | {
            address.lower(): code for code, address in pack.mail_addresses.items()
        }

    def terms(self, package: str | None) -> Terms:
        """The terms of a package; None is the base. Raises UnknownCode."""
        if package is None:
            return self.base
        found = self._terms.get(package)
        if found is None:
            raise UnknownCode(f"package {package!r} is not in pack {self.pack.code}")
        return found

    def all_terms(self) -> tuple[Terms, ...]:
        """The terms of all packages, lowest first."""
        return tuple(self._terms.values())

    def place(self, region: str | None) -> Place:
        """The place of a region; None is the pack's default region. Raises UnknownCode."""
        found = self._places.get(region or self.settings.region_default)
        if found is None:
            raise UnknownCode(f"region {region!r} is not in pack {self.pack.code}")
        return found

    def region_in(self, zone: str) -> str | None:
        """The region whose people live by this zone, if there is one (C22)."""
        regions = self.pack.regions.values()
        return next((region.code for region in regions if region.zone == zone), None)

    def dialled(self, endpoint: str | None) -> Place | None:
        """The place whose number was called, if the number is one of the pack's."""
        return self._places.get(self._dialled.get(endpoint or "", ""))

    def mail_side(self, endpoint: str | None) -> str | None:
        """The code of the mail address that was written to, if it is one of the pack's."""
        return self._mail.get((endpoint or "").lower())


def _terms(pack: Pack, code: str) -> Terms:
    package = pack.package(code)
    general, p1 = pack.granting("general_phone"), pack.granting("p1_phone")
    follow = pack.granting("follow_the_sun")
    assert general and p1  # noqa: S101 (the reader refuses a pack without them)
    return Terms(
        code=code,
        label=package.label,
        rank=_weight(pack, package),
        general_phone=Window(str(general.cells[code].value)),
        p1_phone=Window(str(p1.cells[code].value)),
        p1_grade=p1.cells[code].grade or "standard",
        follow_the_sun=bool(follow and follow.cells[code].value),
        targets={metric: rows.get(code, {}) for metric, rows in pack.targets.items()},
    )


def _weight(pack: Pack, package: Package) -> int:
    """By the pack's own order of weights where it names the package, else by its rank."""
    spec = pack.settings.get("p1.grade.weights")
    order = list(spec.default) if spec and isinstance(spec.default, list | tuple) else []
    return order.index(package.code) if package.code in order else package.rank


def _dialled(pack: Pack) -> dict[str, str]:
    found: dict[str, str] = {}
    for code, region in pack.regions.items():
        found[code] = found[f"{code} number"] = code
        for number in region.numbers:
            found[number.e164] = found[number.source] = code
    return found
