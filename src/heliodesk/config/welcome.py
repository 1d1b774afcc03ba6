"""What the demo tells the one who started it: the logins, and a mail to send first."""

import json
from dataclasses import asdict, dataclass, field
from typing import Self


@dataclass(frozen=True)
class Login:
    """Someone of the demo who can sign in, and what they may do."""

    email: str
    password: str
    role: str


@dataclass(frozen=True)
class Welcome:
    """The demo's logins, and sender, recipient and subject of a mail that becomes a case."""

    logins: list[Login]
    sender: str
    desk: str
    subject: str
    #: Contacts who can sign in to the portal.
    customers: list[Login] = field(default_factory=list)

    def as_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        found = json.loads(text)
        lists = {
            name: [Login(**login) for login in found.get(name, [])]
            for name in ("logins", "customers")
        }
        return cls(**found | lists)
