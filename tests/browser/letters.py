"""Mails of the demo's customers, as their mail programs write them."""

import itertools
import uuid
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import formataddr, formatdate

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Customer:
    """A contact of the demo's world who may raise cases."""

    name: str
    address: str
    account_id: str
    company: str


PRIYA = Customer(
    "Priya Raman", "priya.raman@brassfoundry.example", "10-0142-0000001", "Brass & Foundry Ltd"
)
INGRID = Customer(
    "Ingrid Solheim", "ingrid.solheim@haldenshipping.example", "10-0142-0000002", "Halden Shipping"
)
GRACE = Customer(
    "Grace Toller", "grace.toller@pinewell.example", "10-0142-0000007", "Pinewell Credit Union"
)


def stranger(name: str) -> Customer:
    """Somebody whom the desk has never met."""
    return Customer(name, f"{name.split()[0].lower()}@{uuid.uuid4().hex[:8]}.example", "", "")


DESK = "support@larkspur.example"


@dataclass
class Letter:
    """What a customer writes; ``answers`` is the Message-ID of an earlier mail."""

    subject: str
    text: str = "Please help."
    sender: Customer = PRIYA
    answers: str = ""
    html: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    id: str = field(default_factory=lambda: f"<{uuid.uuid4().hex}@customer.example>")

    @property
    def mail(self) -> EmailMessage:
        """The message, ready to be sent."""
        mail = EmailMessage()
        mail["From"] = formataddr((self.sender.name, self.sender.address))
        mail["To"] = DESK
        mail["Subject"] = self.subject
        mail["Date"] = formatdate()
        mail["Message-ID"] = self.id
        if self.answers:
            mail["In-Reply-To"] = mail["References"] = self.answers
        mail.set_content(self.text)
        if self.html:
            mail.add_alternative(self.html, subtype="html")
        for name, data in self.files.items():
            mail.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
        return mail


def question(about: str, *, sender: Customer = PRIYA, **more: object) -> Letter:
    """A mail that becomes a case, with a subject like no other."""
    subject = f"({sender.account_id}) {about} {next(_numbers)}-{uuid.uuid4().hex[:4]}"
    text = str(more.pop("text", f"{sender.company}. {about}.\n\n{sender.name}"))
    return Letter(subject, text, sender, **more)  # type: ignore[arg-type]  # fields of it by name


def title(letter: Letter) -> str:
    """The title of the case that a letter becomes: its subject without the account ID."""
    return letter.subject.partition(") ")[2]


def answer(letter: Letter, text: str) -> Letter:
    """The customer's next mail in the same thread."""
    return Letter(f"Re: {letter.subject}", text, letter.sender, answers=letter.id)
