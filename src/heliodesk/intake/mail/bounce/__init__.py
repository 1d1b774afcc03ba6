"""Read a returned mail: whose address failed, how, and which message came back."""

from dataclasses import dataclass

from heliodesk.intake.mail.entities import Tree
from heliodesk.intake.mail.headers import Headers


@dataclass(frozen=True, slots=True)
class Bounce:
    """A returned mail. ``kind`` is ``failed`` or ``delayed``; ``status`` is RFC 3463 or empty."""

    kind: str
    recipients: tuple[str, ...] = ()
    status: str = ""
    reason: str = ""
    message_id: str = ""

    @property
    def recipient(self) -> str:
        """The first failed address, or empty."""
        return self.recipients[0] if self.recipients else ""


def find(tree: Tree, fields: Headers, subject: str, sender: str, text: str) -> Bounce | None:
    """The bounce a message is, or None."""
    return None
