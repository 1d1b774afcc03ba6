"""A small desk with telephones: the customers of intake's tests, and engineers who can be rung."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import pytest
from django.test import Client

from heliodesk.customers.models import Contact
from heliodesk.identity.models import User
from heliodesk.telephony.models import Call, Line
from tests import make
from tests.intake.conftest import HALVORSEN, NORTHWIND, World, world
from tests.make import NOW

__all__ = ["HALVORSEN", "NORTHWIND", "NOW", "World", "world"]
TOKEN = "asterisk-token-of-this-test"
DIGITS = NORTHWIND.replace("-", "")
MARA = "+442079460155"
UK = "+442078478701"


@dataclass
class Caller:
    """Somebody on the line of an Asterisk: keys, and what the dialplan would be told."""

    client: Client
    id: str = "pbx-1795415162.20"
    number: str = MARA
    called: str = UK
    step: int = 0
    answers: list[dict[str, str]] = field(default_factory=list)

    def rings(self) -> dict[str, str]:
        """The first step."""
        return self.asks()

    def keys(self, digits: str) -> dict[str, str]:
        """Some digits, or none in time."""
        return self.asks(digits=digits)

    def dialled(self, status: str) -> dict[str, str]:
        """What became of ringing the engineer."""
        return self.asks(dialstatus=status)

    def asks(self, *, step: int | None = None, **fields: str) -> dict[str, str]:
        """One step as the dialplan sends it."""
        number = self.step if step is None else step
        answer = self.post(
            "step",
            **{
                "call": self.id, "from": self.number, "to": self.called, "step": str(number),
                "digits": "", "dialstatus": "", **fields,
            },
        )  # fmt: skip
        assert answer.status_code == 200, answer.content
        if step is None:
            self.step += 1
        told = {name: values[0] for name, values in parse_qs(answer.content.decode()).items()}
        self.answers.append(told)
        return told

    def hangs_up(self, dialstatus: str = "", talked: int = 0) -> Any:
        """The end, as the dialplan tells it."""
        return self.post("hangup", call=self.id, dialstatus=dialstatus, talked=str(talked))

    def post(self, what: str, **fields: str) -> Any:
        """A request with the token."""
        return self.client.post(
            f"/voice/asterisk/{what}", fields, headers={"Authorization": f"Bearer {TOKEN}"}
        )

    @property
    def call(self) -> Call:
        """The call's row."""
        return Call.objects.get(key=f"asterisk:{self.id}")


@pytest.fixture
def calls(world: World, settings: Any) -> Callable[..., Caller]:
    """Lets somebody call; Mara's number is registered."""
    settings.VOICE_ASTERISK_TOKEN = TOKEN
    Contact.objects.filter(pk=world.mara.pk).update(
        phone="+44 (0)20 7946 0155", alternative="mara@elsewhere.example"
    )
    make.user(role="lead", name="Lena Lead")
    return lambda **fields: Caller(Client(), **fields)


@pytest.fixture
def engineer(world: World) -> Callable[..., User]:
    """Makes an engineer of the UK queue with a telephone."""

    def made(
        target: str, *, queues: tuple[str, ...] = ("frontline-uk", "p1-hotline"), **more: Any
    ) -> User:
        strangers = more.pop("takes_strangers", False)
        user = make.user(queues=queues, **more)
        Line.objects.create(user=user, target=target, takes_strangers=strangers)
        return user

    return made
