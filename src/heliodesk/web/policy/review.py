"""What somebody should look at before customers are promised anything, and deciding it (C28)."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from heliodesk.calendars.queries import to_confirm
from heliodesk.customers.access import accounts_of
from heliodesk.customers.queries import without_designated
from heliodesk.entitlements import actions, queries
from heliodesk.entitlements.contract_rules import Refused
from heliodesk.entitlements.models import PolicyPack
from heliodesk.entitlements.pack.doubts import doubts
from heliodesk.entitlements.pack.editing import Value
from heliodesk.entitlements.pack.model import (
    PRIORITIES,
    Cell,
    Offering,
    Pack,
    SettingSpec,
    ValueType,
    Window,
)
from heliodesk.entitlements.pack.nodes import PackError
from heliodesk.identity.rules import May
from heliodesk.kernel import clock
from heliodesk.web.access import PersonRequest, needs
from heliodesk.web.policy.frame import pack_in_view, pack_row, policy_page, row_in_view
from heliodesk.web.policy.matrix import cell_words
from heliodesk.web.told import tell

_FREQUENCIES = ("none", "weekly", "annual", "biannual", "2/year", "4/year")


class Doubtful(NamedTuple):
    """An unknown cell with what it may hold."""

    name: str
    offering: str
    package: str
    taken: str
    value: str
    #: Values and words to choose from; empty for free text.
    options: list[tuple[str, str]]


@needs(May.WORK_CASES)
def review(request: PersonRequest) -> HttpResponse:
    """Unknown cells, doubtful numbers, holidays nobody has confirmed, contracts that run out."""
    return _shown(request, row_in_view(request))


def _shown(request: PersonRequest, row: PolicyPack, *, trouble: str = "") -> HttpResponse:
    pack, now = pack_in_view(row), clock.now()
    missing = without_designated(request.person, now.date())
    return policy_page(
        request,
        "policy/review.html",
        "review",
        row,
        cells=[_doubtful(pack, *found) for found in pack.to_review()],
        doubts=doubts(pack),
        calendars=to_confirm(),
        ending=queries.ending(accounts_of(request.person), now.date()),
        missing=missing,
        trouble=trouble,
    )


def _doubtful(pack: Pack, row: Offering, package: str, cell: Cell) -> Doubtful:
    said = str(cell.value).lower() if isinstance(cell.value, bool) else cell.value
    options: list[tuple[str, str]] = []
    if row.type is ValueType.BOOL:
        options = [("true", _("Yes")), ("false", _("Not included"))]
    elif row.type in {ValueType.FREQ, ValueType.WINDOW}:
        values = _FREQUENCIES if row.type is ValueType.FREQ else tuple(Window)
        options = [(v, _words(row, v)) for v in dict.fromkeys((*values, said))]
    return Doubtful(
        f"{row.code}|{package}",
        row.label,
        pack.package(package).label,
        cell_words(row, cell) or _("not included"),
        said,
        options,
    )


def _words(row: Offering, value: str) -> str:
    return cell_words(row, Cell(value, row.cells[next(iter(row.cells))].tag)) or _("Not included")


@needs(May.EDIT_POLICY)
@require_POST
def decide(request: PersonRequest, pack_id: int) -> HttpResponse:
    """Decide the cells that are ticked; they stand in a draft until it is brought into force."""
    row = pack_row(pack_id)
    pack = pack_in_view(row)
    kinds = {offering.code: offering.type for offering in pack.offerings()}
    values: dict[tuple[str, str], Value] = {}
    for name in request.POST.getlist("decide"):
        offering, _bar, package = name.partition("|")
        given = request.POST.get(f"value:{name}", "").strip()
        kind = kinds.get(offering)
        values[offering, package] = given == "true" if kind is ValueType.BOOL else given
    by, at = request.person.by, clock.now()
    return _done(request, row, lambda: actions.decide_cells(row, values, by=by, at=at))


@needs(May.EDIT_POLICY)
@require_POST
def change(request: PersonRequest, pack_id: int) -> HttpResponse:
    """Give settings other values, in a draft."""
    row = pack_row(pack_id)
    pack = pack_in_view(row)
    try:
        values = changed_settings(pack, request.POST)
    except Refused as error:
        return _shown(request, row, trouble=str(error))
    by, at = request.person.by, clock.now()
    return _done(request, row, lambda: actions.change_settings(row, values, by=by, at=at))


def changed_settings(pack: Pack, form: Mapping[str, str]) -> dict[str, Value]:
    """The settings of a form that differ from the pack's.

    Raises:
        Refused: a number is none.
    """
    values: dict[str, Value] = {}
    for key, spec in pack.settings.items():
        if key in form:
            value = _typed(spec, form[key].strip())
            before = list(spec.default) if isinstance(spec.default, list | tuple) else spec.default
            if value != before:
                values[key] = value
    return values


def _typed(spec: SettingSpec, text: str) -> Value:
    if spec.type == "bool":
        return text == "true"
    if spec.type == "int":
        if not (text.isascii() and text.isdigit() and len(text) < 10):
            raise Refused(_("%(key)s is a whole number.") % {"key": spec.key})
        return int(text)
    if spec.type == "list":
        return [word.strip() for word in text.split(",") if word.strip()]
    return text


def setting_options(spec: SettingSpec) -> list[tuple[str, str]]:
    """What a setting can be, where that is a choice."""
    if spec.type == "bool":
        return [("true", _("yes")), ("false", _("no"))]
    given = PRIORITIES if spec.type == "severity" else spec.options
    return [(option, option) for option in given]


def _done(request: PersonRequest, row: PolicyPack, do: Callable[[], PolicyPack]) -> HttpResponse:
    try:
        draft = do()
    except Refused as error:
        return _shown(request, row, trouble=str(error))
    except PackError as error:
        return _shown(request, row, trouble="; ".join(f.reason for f in error.faults))
    tell(request, _("Written into the draft %(pack)s. Bring it into force when it is right.")
         % {"pack": draft})  # fmt: skip
    return redirect("policy_pack", draft.pk)
