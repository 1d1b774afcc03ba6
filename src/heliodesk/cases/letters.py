"""What somebody wrote and wants sent, as plain values: kept as a draft, waiting, or said."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from heliodesk.cases.new import NewAttachment

MODES = ("reply", "note", "forward")
#: How long an answer can be taken back before it is really sent.
SECOND_THOUGHTS = timedelta(seconds=10)
#: Pictures that can stand in the text.
PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
#: Where a picture stands in the text.
IMAGE = re.compile(r"\[image: ([^\]\n]{1,200})\]")


@dataclass(frozen=True)
class Kept:
    """A file beside what is being written; its bytes are in the blob store."""

    key: str
    name: str
    content_type: str
    size: int
    sha256: str

    @property
    def picture(self) -> bool:
        """Whether it can stand in the text."""
        return self.content_type in PICTURES

    @property
    def attachment(self) -> NewAttachment:
        """As a file of a message, outside its text."""
        return NewAttachment(self.name, self.content_type, self.size, self.sha256)


@dataclass(frozen=True)
class Written:
    """A letter: its text, who gets it, what goes along, and what the case does next."""

    mode: str
    text: str
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    bcc: tuple[str, ...] = ()
    #: The message to forward, and which of its files go along.
    message: int | None = None
    taken: tuple[int, ...] = ()
    files: tuple[Kept, ...] = ()
    #: A verb that follows, by its code.
    then: str = ""
    macros: tuple[int, ...] = ()

    @property
    def rest(self) -> dict[str, Any]:
        """Everything beside the text and the files, as it is stored; nothing that is empty."""
        found = {
            "to": list(self.to),
            "cc": list(self.cc),
            "bcc": list(self.bcc),
            "message": self.message,
            "taken": list(self.taken),
            "then": self.then,
            "macros": list(self.macros),
        }
        return {name: value for name, value in found.items() if value}


def written(
    mode: str, text: str, rest: Mapping[str, Any], files: Sequence[Mapping[str, Any]]
) -> Written:
    """A letter as it was stored."""
    return Written(
        mode=mode,
        text=text,
        to=tuple(rest.get("to", ())),
        cc=tuple(rest.get("cc", ())),
        bcc=tuple(rest.get("bcc", ())),
        message=rest.get("message"),
        taken=tuple(rest.get("taken", ())),
        files=kept(files),
        then=rest.get("then", ""),
        macros=tuple(rest.get("macros", ())),
    )


def kept(files: Sequence[Mapping[str, Any]]) -> tuple[Kept, ...]:
    """Files as they were stored."""
    names = ("key", "name", "content_type", "size", "sha256")
    return tuple(Kept(*(each[name] for name in names)) for each in files)


def placed(text: str, files: Sequence[NewAttachment]) -> tuple[NewAttachment, ...]:
    """The files of a message; a picture that the text shows becomes part of it, with an id by
    which the mail finds it."""
    shown = set(IMAGE.findall(text))
    return tuple(
        replace(one, inline=True, content_id=f"{one.sha256[:20]}.{n}@heliodesk")
        if one.name in shown and one.content_type in PICTURES
        else one
        for n, one in enumerate(files)
    )


def another_name(name: str, taken: set[str]) -> str:
    """The name, or one like it that no other file of the letter has."""
    name = re.sub(r"[\[\]\r\n]+", "_", name)[-180:] or "file"
    stem, dot, ending = name.rpartition(".")
    if not dot:
        stem, ending = name, ""
    n, found = 2, name
    while found in taken:
        found, n = f"{stem}-{n}{dot}{ending}", n + 1
    return found
