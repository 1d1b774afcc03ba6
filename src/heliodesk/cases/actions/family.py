"""A case that is part of another: put under it, taken out again."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from heliodesk.cases.actions.states import resolve
from heliodesk.cases.actions.step import aside, locked
from heliodesk.cases.models import Case, CaseChild
from heliodesk.cases.rules import Happened, Refused, Verb
from heliodesk.journal.record import By, Happening, record

#: Children that one case may have.
MOST = 500


def put_under(child: Case, *, parent: Case, by: By, at: datetime) -> Case:
    """Say that a case is part of another; each shows the other, and the parent its children.

    Raises:
        Refused: the two are one case, on both sides of the offshore boundary, or one of them is
            a child or a parent already, so that there would be a third generation.
    """
    if child.pk == parent.pk:
        raise Refused("A case cannot be its own parent.")
    if child.offshore != parent.offshore:
        raise Refused("Only one of the two cases is offshore; they must stay apart.")
    with transaction.atomic():
        for case in sorted((child, parent), key=lambda one: one.pk):
            locked(case)
        _check(child, parent)
        known = {"parent": parent, "added_at": at}
        row, made = CaseChild.objects.get_or_create(child=child, defaults=known)
        if not made:
            if row.parent_id == parent.pk:
                return child
            _gone(row, by=by, at=at)
            row.parent, row.added_at = parent, at
            row.save(update_fields=["parent", "added_at"])
        told = {"child": child.ref, "id": child.pk}
        aside(parent, Verb.CHILD, by=by, at=at, data=told)
        data = {"parent": parent.ref, "id": parent.pk}
        return aside(child, Verb.PARENT, by=by, at=at, data=data)


def _check(child: Case, parent: Case) -> None:
    above = CaseChild.objects.filter(child=parent).select_related("parent").first()
    if above:
        raise Refused(
            f"{parent.ref} is itself part of {above.parent.ref}. Put this case under that one."
        )
    if CaseChild.objects.filter(parent=child).exists():
        raise Refused(f"{child.ref} has children of its own. Put those under {parent.ref}.")
    if CaseChild.objects.filter(parent=parent).count() >= MOST:
        raise Refused(f"{parent.ref} has {MOST} children; that is as many as fit.")


def take_out(child: Case, *, by: By, at: datetime) -> None:
    """Say that it is not part of the other case, after all."""
    with transaction.atomic():
        found = CaseChild.objects.select_for_update(of=("self",)).filter(child=child)
        row = found.first()
        if row:
            _gone(row, by=by, at=at)
            row.delete()


def _gone(row: CaseChild, *, by: By, at: datetime) -> None:
    parent, child = row.parent, row.child
    told = [
        Happening(Happened.UNPARENTED, "case", child.pk, {"parent": parent.ref, "id": parent.pk}),
        Happening(Happened.CHILD_GONE, "case", parent.pk, {"child": child.ref, "id": child.pk}),
    ]
    record(told, by=by, at=at)


def resolve_with_children(
    parent: Case, *, ids: Collection[int], text: str, by: By, at: datetime
) -> Case:
    """Resolve a case, and with the same words these of its children: all of them, or none.

    Raises:
        Refused: the case or one of its children cannot be resolved now.
    """
    with transaction.atomic():
        row = resolve(parent, text=text, by=by, at=at)
        resolve_children(row, ids=ids, text=text, by=by, at=at)
    return row


def resolve_children(
    parent: Case, *, ids: Collection[int], text: str, by: By, at: datetime
) -> list[Case]:
    """Resolve these children with the words of their parent: all of them, or none.

    Raises:
        Refused: one of them cannot be resolved now; the sentence names it.
    """
    done = []
    with transaction.atomic():
        children = Case.objects.filter(under__parent=parent, pk__in=list(ids)).order_by("pk")
        for child in children:
            try:
                done.append(resolve(child, text=text, by=by, at=at))
            except Refused as refusal:
                raise Refused(f"{child.ref} stays open, and so do the others: {refusal}") from None
    return done
