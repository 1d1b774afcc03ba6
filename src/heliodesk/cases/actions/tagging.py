"""Tags on cases, and the tags themselves."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import connection, transaction

from heliodesk.cases import tags
from heliodesk.cases.actions.step import locked, step
from heliodesk.cases.models import Case, Tag
from heliodesk.cases.rules import Refused, Verb
from heliodesk.journal.record import By, Happening, record
from heliodesk.kernel.text import one_line, storable

#: Cases that follow a merged tag at once.
BATCH = 500


def tag(
    case: Case,
    *,
    add: Collection[int] = (),
    remove: Collection[int] = (),
    by: By,
    at: datetime,
) -> Case:
    """Put tags on a case and take others off.

    Raises:
        Refused: a tag is unknown or retired, or the case would have too many; or nothing changes.
    """
    wanted = {one.id for one in _offered(add)}
    with transaction.atomic():
        row = locked(case)
        before = {one.id for one in tags.of(row.tags)}
        gone = {one.id for one in tags.of(remove)} & before - wanted
        new = wanted - before
        if not new and not gone:
            raise Refused("The case has these tags already." if add else "It has no such tag.")
        after = sorted(before - gone | new)
        if len(after) > tags.MOST_ON_A_CASE:
            raise Refused(f"A case has at most {tags.MOST_ON_A_CASE} tags. Take one off first.")
        data = {
            "added": [one.name for one in tags.of(new)],
            "removed": [one.name for one in tags.of(gone)],
            "tags": after,
        }
        return step(row, Verb.TAG, by=by, at=at, data=data, tags=after)


def _offered(ids: Collection[int]) -> Sequence[tags.Known]:
    if set(ids) - set(tags.known()):
        tags.forget()  # a tag that was made a moment ago, by another process
    found = tags.of(ids)
    if not found and ids:
        raise Refused("There is no such tag. Choose one of the list.")
    for one in found:
        if one.retired:
            raise Refused(f"The tag “{one.name}” is retired. Choose another.")
    return found


@transaction.atomic
def add_tag(*, name: str, hue: int, by: By, at: datetime) -> Tag:
    """A tag more.

    Raises:
        Refused: it has no name, its name is taken, or there are too many.
    """
    name = _name(name)
    if Tag.objects.filter(merged_into__isnull=True).count() >= tags.MOST:
        raise Refused(f"{tags.MOST} tags are as many as a desk may have. Merge some first.")
    row = Tag.objects.create(name=name, hue=_hue(hue))
    _tell("tag_added", row, by=by, at=at)
    return row


@transaction.atomic
def change_tag(row: Tag, *, name: str, hue: int, by: By, at: datetime) -> Tag:
    """Another name or colour, on all its cases at once.

    Raises:
        Refused: it has no name, or its name is taken.
    """
    was = row.name
    row.name, row.hue = _name(name, besides=row.pk), _hue(hue)
    row.save(update_fields=["name", "hue"])
    if was.casefold() != row.name.casefold():
        # Rules and macros that say the old name go on.
        Tag.objects.create(name=was, hue=row.hue, merged_into=row)
    _tell("tag_changed", row, by=by, at=at)
    return row


@transaction.atomic
def retire_tag(row: Tag, *, retired: bool, by: By, at: datetime) -> None:
    """Offer a tag no more, or again."""
    row.retired_at = at if retired else None
    row.save(update_fields=["retired_at"])
    _tell("tag_retired" if retired else "tag_revived", row, by=by, at=at)


@transaction.atomic
def merge_tag(row: Tag, *, into: Tag, by: By, at: datetime) -> None:
    """Let another tag take the place of one: at once wherever it is shown, in the rows by and by.

    Raises:
        Refused: it is the same tag, or the other was merged itself.
    """
    if row.pk == into.pk:
        raise Refused("Choose another tag to merge it into.")
    if into.merged_into_id or row.merged_into_id:
        raise Refused("One of the two was merged already.")
    Tag.objects.filter(merged_into=row).update(merged_into=into)
    row.merged_into = into
    row.save(update_fields=["merged_into"])
    _tell("tag_merged", row, by=by, at=at, into=into.name)


def settle_merged(at: datetime) -> int:
    """Write the tag that took another's place into some cases; how many."""
    done = 0
    for old, new in Tag.objects.filter(merged_into__isnull=False).values_list(
        "pk", "merged_into_id"
    ):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_FOLLOW, [old, new, old, BATCH])
            done += cursor.rowcount
    return done


_FOLLOW = """
update cases_case c set tags = (
    select array_agg(distinct t order by t) from unnest(array_replace(c.tags, %s, %s)) t)
where c.id in (select id from cases_case where tags && array[%s]::int[] and tags <> '{}'
               limit %s for update skip locked)
"""


def _name(text: str, *, besides: int | None = None) -> str:
    name = one_line(storable(text).replace(",", " "), 40)
    if not name:
        raise Refused("Give the tag a name.")
    taken = Tag.objects.filter(name__iexact=name, merged_into__isnull=True).exclude(pk=besides or 0)
    if taken.exists():
        raise Refused(f"There is a tag “{name}” already.")
    return name


def _hue(hue: int) -> int:
    if not 0 <= hue < tags.HUES:
        raise Refused("Choose one of the colours.")
    return hue


def _tell(verb: str, row: Tag, *, by: By, at: datetime, **more: str) -> None:
    record([Happening(verb, "tag", row.pk, {"name": row.name, **more})], by=by, at=at)
    transaction.on_commit(tags.forget)
