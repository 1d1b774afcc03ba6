"""Files for programs: fetched where the case may be seen, and sent before a message takes them."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Annotated

from django.conf import settings

from heliodesk.api.door import Answer, Asked, Download
from heliodesk.api.problems import Problem
from heliodesk.api.shapes import Said
from heliodesk.cases import conversation
from heliodesk.cases.new import NewAttachment
from heliodesk.channels import blobs, uploads
from heliodesk.identity.person import Person

#: Files of one person that wait for their messages, and how many of the largest fit in all.
_MOST, _MOST_LARGE = 50, 10


@dataclass(frozen=True)
class Uploaded:
    """A file that waits for the message that it belongs to; forgotten after a day."""

    upload: Annotated[str, Said("By which “uploads” of a message names it.")]
    name: str
    content_type: str
    size: Annotated[int, Said("In bytes.")]


def fetched(request: Asked) -> Answer:
    """The bytes of a file on a case that the owner of the token may see."""
    found = conversation.file(request.person, int(request.path["id"]))
    if not blobs.exists(found.sha256):
        raise Problem(404, "There is no such record, or it is not yours to see.")
    return Answer(Download(found.name, found.content_type, found.sha256))


def kept(request: Asked) -> Answer:
    """Keep a file until a message takes it."""
    form = _form(request.person)
    count, total = uploads.room(form)
    data, most = request.body, settings.WEB_FILE_MAX_BYTES
    if not data:
        raise Problem(422, "Send the bytes of the file as the body.")
    if count >= _MOST or total + len(data) > _MOST_LARGE * most:
        raise Problem(409, f"{count} files wait for their messages. Send those first.")
    row = uploads.keep(
        form=form,
        peer="",
        name=named(request.query["name"] or ""),
        content_type=request.content_type,
        data=data,
        at=request.at,
    )
    return Answer(Uploaded(row.token, row.name, row.content_type, row.size), 201)


def taken(person: Person, tokens: Collection[str]) -> list[NewAttachment]:
    """Files that this person sent before, for a message; they wait no longer.

    Raises:
        Problem: one of them does not wait here.
    """
    if not tokens:
        return []
    form = _form(person)
    found = uploads.taken(form, tokens)
    missing = set(tokens) - {one.token for one in found}
    if missing:
        errors = [("uploads", f"No file waits as {min(missing)[:40]}. Send it again.")]
        raise Problem(422, "Correct these fields and send it again.", errors=errors)
    uploads.drop(form, *tokens)
    return [
        NewAttachment(one.name, one.content_type, one.size, blobs.put(one.data)) for one in found
    ]


def _form(person: Person) -> str:
    return f"api {person.id}"


def named(name: str) -> str:
    """The last part of a file's name, whatever path a program sent with it."""
    return name.replace("\\", "/").rpartition("/")[2] or "file"
