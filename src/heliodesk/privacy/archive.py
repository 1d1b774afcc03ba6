"""The archive of an export: what is kept about a person, as JSON and plain files in a ZIP."""

import io
import json
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from heliodesk.cases import forgetting as cases
from heliodesk.channels import blobs
from heliodesk.customers.actions.forgetting import history, told_of
from heliodesk.customers.models import Contact
from heliodesk.kernel.text import one_line
from heliodesk.telephony import forgetting as telephony

#: Bytes of attachments in one archive; those beyond are named and left out.
MOST_BYTES = 200 * 1024 * 1024
_READ_ME = """What this desk keeps about {name}, on {day}.

person.json     name, addresses, numbers, roles, and what was done to the record
cases.json      cases they asked for or took part in, with every message to and from customers
calls.json      calls of theirs
messages/       the same messages as text, one file each
attachments/    files of those messages

Notes that colleagues of the desk wrote among themselves are not part of it.
{left_out}"""


def made(contact: Contact, case_ids: Sequence[int], call_ids: Sequence[int], at: datetime) -> bytes:
    """The archive as bytes."""
    kept = io.BytesIO()
    told = cases.told_of(case_ids)
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        person = {**told_of(contact), "history": history(contact.pk)}
        _json(archive, "person.json", person)
        _json(archive, "cases.json", told)
        _json(archive, "calls.json", telephony.told_of(call_ids))
        for case in told:
            for message in case["messages"]:
                archive.writestr(f"messages/{case['ref']}-{message['id']}.txt", _spoken(message))
        left_out = _attachments(archive, told)
        more = f"\nLeft out, because the archive would be too large: {left_out} files.\n"
        archive.writestr(
            "README.txt",
            _READ_ME.format(
                name=contact.name, day=at.date().isoformat(), left_out=more if left_out else ""
            ),
        )
    return kept.getvalue()


def _attachments(archive: zipfile.ZipFile, told: Sequence[dict[str, Any]]) -> int:
    """Put the files of all messages in; how many did not fit or are lost."""
    room, left_out = MOST_BYTES, 0
    for case in told:
        for message in case["messages"]:
            for place, file in enumerate(message["attachments"], 1):
                if file["size"] > room or not blobs.exists(file["sha256"]):
                    left_out += 1
                    continue
                room -= file["size"]
                name = one_line(file["name"], 100).replace("/", "_").replace("\\", "_")
                path = f"attachments/{case['ref']}-{message['id']}-{place}-{name}"
                archive.writestr(path, blobs.get(file["sha256"]))
    return left_out


def _spoken(message: dict[str, Any]) -> str:
    return (
        f"From: {message['author']} <{message['address']}>\n"
        f"To: {', '.join(message['to'])}\nCc: {', '.join(message['cc'])}\n"
        f"Date: {message['at'].isoformat()}\nSubject: {message['subject']}\n\n{message['text']}\n"
    )


def _json(archive: zipfile.ZipFile, name: str, what: object) -> None:
    archive.writestr(name, json.dumps(what, ensure_ascii=False, indent=1, default=_plain))


def _plain(value: object) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)
