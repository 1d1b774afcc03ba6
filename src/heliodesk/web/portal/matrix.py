"""What each package gives, for customers: own column marked, what is undecided asks to be asked."""

from dataclasses import dataclass
from functools import lru_cache

from django.utils.translation import gettext_noop as _

from heliodesk.entitlements.pack.model import Cell, Offering, Pack, Package, Tag, ValueType
from heliodesk.web.translation import language, translated

_VALUES = {
    "implementation_only": _("Implementation only"),
    "local_business_hours": _("Business hours"),
    "always": _("24/7/365"),
    "weekly": _("Every week"),
    "annual": _("Once a year"),
    "biannual": _("Twice a year"),
    "standard": _("Standard"),
    "proactive": _("Proactive"),
}
_GRADES = {"prioritized": _("prioritised"), "enhanced": _("enhanced")}
_NOTHING = frozenset({"none", "false", ""})


@dataclass(frozen=True, slots=True)
class Given:
    """A cell: what it says, empty for nothing; ``ask`` where the vendor has not decided."""

    words: str
    own: bool
    ask: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """An offering over all packages."""

    label: str
    cells: tuple[Given, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """All families with their rows."""

    columns: tuple[Package, ...]
    own: str
    families: tuple[tuple[str, tuple[Row, ...]], ...]


def of(pack: Pack, package: str, bought: str) -> Matrix:
    """The matrix with the column of a package marked; the base has no column of its own."""
    return _of(pack, bought or package, language())


@lru_cache(maxsize=64)
def _of(pack: Pack, own: str, _language: str) -> Matrix:
    columns = tuple(one for one in pack.packages if one.rank > 0)
    return Matrix(
        columns,
        own,
        tuple(
            (
                translated(family.label),
                tuple(_row(offering, columns, own) for offering in family.offerings),
            )
            for family in pack.families
        ),
    )


def _row(offering: Offering, columns: tuple[Package, ...], own: str) -> Row:
    cells = tuple(
        _given(offering, offering.cells.get(one.code), own=one.code == own) for one in columns
    )
    return Row(translated(offering.label), cells)


def _given(offering: Offering, cell: Cell | None, *, own: bool) -> Given:
    if cell is None:
        return Given("", own)
    if cell.tag is Tag.UNKNOWN:
        return Given(translated(_("Ask us")), own, ask=True)
    if cell.label:
        return Given(translated(cell.label), own)
    if offering.type is ValueType.BOOL:
        return Given(translated(_("Yes")) if cell.value is True else "", own)
    value = str(cell.value)
    if value.lower() in _NOTHING:
        return Given("", own)
    words = translated(_VALUES[value]) if value in _VALUES else value.replace("_", " ")
    grade = f", {translated(_GRADES[cell.grade])}" if cell.grade in _GRADES else ""
    return Given(words + grade, own)
