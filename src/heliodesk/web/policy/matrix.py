"""The package matrix as rows and cells in words (R18, C28)."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from heliodesk.entitlements.pack.model import Cell, Offering, Pack, Package, Tag, ValueType

_WINDOWS = {
    "none": "",
    "implementation_only": N_("Implementation only"),
    "local_business_hours": N_("Business hours"),
    "always": N_("24/7/365"),
}
_FREQUENCIES = {
    "none": "",
    "weekly": N_("Weekly"),
    "annual": N_("Annual"),
    "biannual": N_("Every 6 months"),
}
_TAGS = {
    Tag.STATED: N_("Stated"),
    Tag.DEDUCED: N_("Stated, column deduced"),
    Tag.INFERRED: N_("Inferred"),
    Tag.OTHER_SOURCE: N_("From another source"),
    Tag.UNKNOWN: N_("Unknown, please decide"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A cell: what it says (empty: not included), where that comes from."""

    words: str
    tag: str
    origin: str
    review: bool
    own: bool


@dataclass(frozen=True, slots=True)
class Row:
    """An offering over all packages."""

    label: str
    refs: str
    cells: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """Families with their rows; ``columns`` are the packages that are sold."""

    columns: tuple[Package, ...]
    families: tuple[tuple[str, tuple[Row, ...]], ...]
    to_decide: int
    own: str


def matrix(pack: Pack, own: str = "") -> Matrix:
    """The matrix of a pack; ``own`` is the code of the package whose column is marked."""
    sold = tuple(package for package in pack.packages if package.rank)
    families = tuple(
        (family.label, tuple(_row(row, sold, own) for row in family.offerings))
        for family in pack.families
    )
    return Matrix(sold, families, len(pack.to_review()), own)


def _row(row: Offering, sold: tuple[Package, ...], own: str) -> Row:
    cells = tuple(_shown(row, row.cells[p.code], own=p.code == own) for p in sold)
    return Row(row.label, " ".join(row.refs), cells)


def _shown(row: Offering, cell: Cell, *, own: bool) -> Shown:
    return Shown(
        words=cell_words(row, cell),
        tag=cell.tag,
        origin=_(_TAGS[cell.tag]),
        review=cell.tag is Tag.UNKNOWN,
        own=own,
    )


def cell_words(row: Offering, cell: Cell) -> str:
    """A cell's value in words; empty when it is not included."""
    if isinstance(cell.value, bool):
        return _("Yes") if cell.value else ""
    if cell.label:
        return cell.label
    if row.type is ValueType.WINDOW:
        hours = _(_WINDOWS[cell.value]) if _WINDOWS[cell.value] else ""
        graded = cell.grade not in {"", "standard"}
        return f"{hours}, {cell.grade}" if hours and graded else hours
    if row.type is ValueType.FREQ and cell.value in _FREQUENCIES:
        return _(_FREQUENCIES[cell.value]) if _FREQUENCIES[cell.value] else ""
    return "" if cell.value == "none" else cell.value.replace("_", " ").capitalize()
