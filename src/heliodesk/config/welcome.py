"""What the demo tells the one who started it: the logins, and a mail to send first."""

import json
from dataclasses import asdict, dataclass
from typing import Self


@dataclass(frozen=True)
class Login:
    """Someone of the demo vendor who can sign in, and what they may do."""

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

    def as_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        found = json.loads(text)
        return cls(**found | {"logins": [Login(**login) for login in found["logins"]]})
