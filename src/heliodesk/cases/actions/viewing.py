"""Views that people make, and how they want to see their lists."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from heliodesk.cases import filters, views
from heliodesk.cases.filters import Plan
from heliodesk.cases.models import ListTaste, SavedView, ViewPin
from heliodesk.cases.rules import Refused
from heliodesk.identity.models import Team
from heliodesk.identity.person import Person
from heliodesk.journal.record import By, Happening, record
from heliodesk.kernel.text import one_line, storable

#: Views that one person may make.
MOST = 100


@transaction.atomic
def save_view(
    view: SavedView | None,
    *,
    name: str,
    plan: Plan,
    order: str,
    columns: Sequence[str] = (),
    shared: str = "own",
    team_id: int | None = None,
    person: Person,
    at: datetime,
) -> SavedView:
    """A new view, or another name, other cases or other people for one.

    Raises:
        Refused: it has no name or cannot be used; the text says why.
    """
    name, wrong = one_line(storable(name), 80), filters.faults(plan, views.field_comparisons())
    if not name:
        wrong.insert(0, "Give the view a name.")
    if wrong:
        raise Refused(" ".join(wrong))
    filters.where(plan, views.ground(person, at, plan))
    if view is None:
        if SavedView.objects.filter(owner_id=person.id, deleted_at=None).count() >= MOST:
            raise Refused(f"{MOST} views are as many as one person may have. Delete one first.")
        view = SavedView(owner_id=person.id)
    view.name, view.scope, view.groups = name, plan.scope, filters.written(plan)
    orders = views.ORDERS[plan.scope]
    view.order = order if order in orders else orders[0]
    view.columns = views.good_columns(columns, list(views.field_comparisons()))
    view.shared, view.team_id = _shared(shared, team_id, person, view)
    view.changed_at = at
    new = view.pk is None
    view.save()
    _tell("view_added" if new else "view_changed", view, by=person.by, at=at)
    return view


def _shared(
    shared: str, team_id: int | None, person: Person, view: SavedView
) -> tuple[str, int | None]:
    """With whom, and with which team.

    Raises:
        Refused: it is a team that the person is not in.
    """
    if shared not in {"own", "team", "all"}:
        raise Refused("Choose who sees the view.")
    if shared != "team":
        return shared, None
    theirs = team_id and Team.objects.filter(pk=team_id, members=person.id).exists()
    if not theirs and not (view.pk and view.team_id == team_id and team_id):
        raise Refused("Choose one of your teams.")
    return shared, team_id


@transaction.atomic
def drop_view(view: SavedView, *, by: By, at: datetime) -> None:
    """A view less; it can be brought back."""
    view.deleted_at = at
    view.save(update_fields=["deleted_at"])
    _tell("view_dropped", view, by=by, at=at)


@transaction.atomic
def restore_view(view: SavedView, *, by: By, at: datetime) -> None:
    """Bring a deleted view back, with everybody who had pinned it."""
    view.deleted_at = None
    view.save(update_fields=["deleted_at"])
    _tell("view_restored", view, by=by, at=at)


@transaction.atomic
def pin_view(view_id: int, *, person: Person) -> None:
    """Keep a view beside every page.

    Raises:
        Refused: there are enough.
    """
    pins = ViewPin.objects.filter(user_id=person.id, view__deleted_at=None)
    if pins.exclude(view_id=view_id).count() >= views.MOST_PINNED:
        raise Refused(f"{views.MOST_PINNED} pinned views are the most. Unpin one first.")
    ViewPin.objects.get_or_create(user_id=person.id, view_id=view_id)


def unpin_view(view_id: int, *, person: Person) -> None:
    """Keep it there no more."""
    ViewPin.objects.filter(user_id=person.id, view_id=view_id).delete()


def choose_columns(code: str, *, columns: Sequence[str], order: str = "", person: Person) -> None:
    """See a list so from now on; with nothing chosen, as everybody does."""
    chosen = views.good_columns(columns, list(views.field_comparisons()))
    if chosen == list(views.DEFAULT):
        chosen = []
    if not chosen and not order:
        ListTaste.objects.filter(user_id=person.id, list=code).delete()
        return
    ListTaste.objects.update_or_create(
        user_id=person.id, list=code, defaults={"columns": chosen, "order": order}
    )


def _tell(verb: str, view: SavedView, *, by: By, at: datetime) -> None:
    told = {"name": view.name, "shared": view.shared}
    record([Happening(verb, "view", view.pk, told)], by=by, at=at)
