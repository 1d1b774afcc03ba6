"""What a web form sends, as raw bytes that are kept like a mail, and read again from them.

The bytes are a mail: whoever saves them can open them anywhere. What was typed travels beside
the text as a part of its own, so that not a character of it is changed on the way.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from typing import Any

from heliodesk.intake.mail import Part, read
from heliodesk.kernel.text import one_line

#: The channel of what forms send; only the desk's own pages write rows of it.
CHANNEL = "web"
_FACTS = "application/vnd.heliodesk.form+json"
_FACTS_NAME = "form.json"


@dataclass(frozen=True, kw_only=True)
class Submission:
    """A form as it was sent: to raise a case, or with ``case_ref`` to add to one.

    ``contact_id`` and ``account_id`` are set only where somebody signed in; what strangers type
    about themselves is a claim, as the From of a mail is.
    """

    address: str
    name: str = ""
    subject: str = ""
    details: str = ""
    kind: str = "technical"
    #: A type of the desk's own that was chosen; ``kind`` is then the one by which it is treated.
    own_kind: str = ""
    severity: str = ""
    identifier: str = ""
    company: str = ""
    #: The five fields of the message to be traced, and the zone of its time (R47, R48).
    trace: Mapping[str, str] = field(default_factory=dict)
    zone: str = ""
    #: How to reach the sender when mail is down (C30).
    alternative: str = ""
    #: Further fields that customers are asked for, by their codes.
    fields: Mapping[str, str] = field(default_factory=dict)
    contact_id: int | None = None
    account_id: int | None = None
    case_ref: str = ""
    language: str = "en"
    #: The whole as people read it, with the labels in the sender's language.
    text: str = ""

    @property
    def proven(self) -> bool:
        """Whether the desk knows who sent it."""
        return self.contact_id is not None


@dataclass(frozen=True)
class File:
    """A file that came with a form."""

    name: str
    content_type: str
    data: bytes = field(repr=False)


def written(form: Submission, files: Sequence[File], *, key: str, to: str, at: datetime) -> bytes:
    """The form as raw bytes.

    Args:
        key: makes the form one, however often it is sent.
        to: the desk's address that answers.
    """
    mail = EmailMessage(policy=SMTP.clone(refold_source="none", utf8=True))
    mail["From"] = formataddr((one_line(form.name, 200), form.address))
    mail["To"] = to
    mail["Subject"] = one_line(form.subject, 900)
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = f"<{key}@{CHANNEL}.form>"
    mail.set_content(form.text or form.details, cte="base64")
    facts = json.dumps(asdict(form), ensure_ascii=False).encode()
    kind, _, sort = _FACTS.partition("/")
    mail.add_attachment(facts, maintype=kind, subtype=sort, filename=_FACTS_NAME)
    for file in files:
        kind, _, sort = _plain_type(file.content_type).partition("/")
        mail.add_attachment(file.data, maintype=kind, subtype=sort, filename=one_line(file.name))
    return mail.as_bytes()


def _plain_type(given: str) -> str:
    """A type that a mail part may carry as a file; a text stays bytes, whatever its charset."""
    kind, _, sort = given.partition(";")[0].strip().lower().partition("/")
    known = kind in {"image", "audio", "video", "application"} and sort.isascii() and sort
    return f"{kind}/{sort}" if known else "application/octet-stream"


def read_form(raw: bytes, at: datetime) -> tuple[Submission, tuple[Part, ...]]:
    """The form in these bytes, and the files that came with it.

    Raises:
        ValueError: the bytes are no form.
    """
    mail = read(raw, at=at)
    facts = next((part for part in mail.parts if part.content_type == _FACTS), None)
    if facts is None:
        raise ValueError("This is no form: it has no part with what was typed.")
    known: dict[str, Any] = json.loads(facts.data)
    return Submission(**known), tuple(part for part in mail.parts if part is not facts)
