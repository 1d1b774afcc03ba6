"""Programs with tokens."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from heliodesk.cases.models import Case
from heliodesk.entitlements.actions import activate_shipped
from heliodesk.identity import tokens
from heliodesk.identity.models import User
from heliodesk.identity.rules import Role
from heliodesk.kernel import clock
from tests import make


class Program:
    """A program with a token, and the person it acts for."""

    def __init__(self, user: User, scopes: list[str]) -> None:
        self.user = user
        by = tokens.By("user", user.pk, user.name)
        at = clock.now()
        self.token, self.secret = tokens.make(
            user.pk, name="Sync", scopes=scopes, days=None, by=by, at=at
        )
        self.client = Client(headers={"authorization": f"Bearer {self.secret}"})

    def get(self, path: str, **query: Any) -> Any:
        """Ask for something."""
        return self.client.get(f"/api/v1{path}", query)

    def post(self, path: str, body: object = None, *, key: str = "", **how: Any) -> Any:
        """Write something."""
        headers = {"Idempotency-Key": key} if key else {}
        data = body if isinstance(body, str | bytes) else json.dumps(body or {})
        how.setdefault("content_type", "application/json")
        return self.client.post(f"/api/v1{path}", data, headers=headers, **how)


Programs = Callable[..., Program]


@pytest.fixture
def program(db: None) -> Programs:
    """A program of a person made with these fields, or of ``user``; it may do everything."""

    def made(
        *, user: User | None = None, scopes: list[str] | None = None, **fields: Any
    ) -> Program:
        fields.setdefault("role", Role.LEAD)
        return Program(user or make.user(**fields), scopes or ["read", "write", "reports"])

    return made


@pytest.fixture
def case(db: None) -> Case:
    """A case of Northwind, under the shipped policy."""
    activate_shipped(at=make.NOW)
    account = make.account(
        name="Northwind Freight", identifier="10-2233-0012345", package="gold", region="UK"
    )
    mara = make.contact(account, name="Mara Lind", address="mara@northwind.example")
    return make.case(
        account, mara, title="Connector stops", text="It stops.", mailbox=make.mailbox()
    )
