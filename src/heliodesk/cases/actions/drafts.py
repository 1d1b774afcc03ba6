"""What an agent has written and not yet sent is kept, with its files."""

import secrets
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from heliodesk.cases.letters import MODES, Kept, Written, another_name, kept
from heliodesk.cases.models import Case, Draft
from heliodesk.cases.rules import Refused
from heliodesk.kernel import sql
from heliodesk.kernel.text import one_line, storable

#: Files of one letter, and their bytes together; what most mail servers take.
MOST_FILES = 30
MOST_BYTES = 18 * 2**20


def save_draft(
    case: Case,
    *,
    user_id: int,
    mode: str,
    text: str,
    at: datetime,
    rest: Mapping[str, Any] | None = None,
) -> None:
    """Keep a draft; one that says nothing and has no file is dropped.

    Args:
        rest: recipients and the like (``Written.rest``); none leaves them as they are.
    """
    known: dict[str, Any] = {"text": storable(text), "saved_at": at}
    if rest is not None:
        known["rest"] = dict(rest)
    with transaction.atomic():
        if text.strip() or any((rest or {}).get(name) for name in ("to", "cc", "bcc", "message")):
            Draft.objects.update_or_create(case=case, user_id=user_id, mode=mode, defaults=known)
            return
        Draft.objects.filter(case=case, user_id=user_id, mode=mode).update(**known)
        Draft.objects.filter(case=case, user_id=user_id, mode=mode, files=[]).delete()


def keep_file(
    case: Case,
    *,
    user_id: int,
    mode: str,
    name: str,
    content_type: str,
    size: int,
    sha256: str,
    at: datetime,
) -> Kept:
    """Put a file beside a draft; its bytes are in the blob store by now.

    Raises:
        Refused: there are too many, or they are too large together to be mailed.
    """
    if mode not in MODES:
        raise Refused("There is nothing of this kind to write.")
    with transaction.atomic():
        Draft.objects.get_or_create(
            case=case, user_id=user_id, mode=mode, defaults={"text": "", "saved_at": at}
        )
        row = Draft.objects.select_for_update().get(case=case, user_id=user_id, mode=mode)
        there = kept(row.files)
        if len(there) >= MOST_FILES:
            raise Refused(f"A message has at most {MOST_FILES} files. Put some into an archive.")
        if sum(one.size for one in there) + size > MOST_BYTES:
            raise Refused(
                f"The files would be larger than {MOST_BYTES // 10**6} MB together, which most "
                "mail servers refuse."
            )
        name = another_name(one_line(storable(name), 180), {one.name for one in there})
        one = Kept(secrets.token_hex(8), name, content_type[:127], size, sha256)
        row.files = [*row.files, asdict(one)]
        row.saved_at = at
        row.save(update_fields=["files", "saved_at"])
    return one


def files_of(case: Case, *, user_id: int, mode: str) -> list[dict[str, Any]]:
    """The files beside a draft, as they are stored."""
    found = Draft.objects.filter(case=case, user_id=user_id, mode=mode).values_list("files")
    return list(found[0][0]) if found else []


def drop_file(case: Case, *, user_id: int, mode: str, key: str) -> None:
    """Take a file away from a draft."""
    with transaction.atomic():
        row = (
            Draft.objects.select_for_update().filter(case=case, user_id=user_id, mode=mode).first()
        )
        if row:
            row.files = [one for one in row.files if one["key"] != key]
            row.save(update_fields=["files"])


def put_back(case: Case, letter: Written, *, user_id: int, at: datetime) -> None:
    """Make a letter a draft again; what was begun meanwhile stays below it."""
    with transaction.atomic():
        row = (
            Draft.objects.select_for_update()
            .filter(case=case, user_id=user_id, mode=letter.mode)
            .first()
        ) or Draft(case=case, user_id=user_id, mode=letter.mode, text="")
        row.text = "\n\n".join(part for part in (letter.text, row.text.strip()) if part.strip())
        row.rest = {**row.rest, **letter.rest}
        row.files = [*(asdict(one) for one in letter.files), *row.files]
        row.saved_at = at
        row.save()


def drop_draft(case: Case, *, user_id: int, mode: str) -> None:
    """Forget a draft."""
    with sql.prepared(connection) as cursor:
        cursor.execute(
            "delete from cases_draft where case_id = %s and user_id = %s and mode = %s",
            [case.pk, user_id, mode],
        )
