"""What is sent, what came of it, and how a sender says that it could not."""

from collections.abc import Callable
from dataclasses import dataclass

#: A provider that has not answered by then is tried again, under the same key.
SECONDS = 2.5


@dataclass(frozen=True)
class Letter:
    """A page on its way: ``key`` and text are the same however often it is tried (G6)."""

    page_id: int
    key: str
    address: str
    subject: str
    text: str
    token: str
    purpose: str

    @property
    def asks(self) -> bool:
        """Whether the reader may take something by it."""
        return self.purpose == "page"


class TryAgain(Exception):
    """The provider did not take it now."""


class Gone(Exception):
    """The provider will never take it: a wrong number, a subscription that ended."""


class Unset(Exception):
    """This way out is not configured; the text says which setting it needs."""


Sender = Callable[[Letter], str]
