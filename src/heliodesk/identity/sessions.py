"""Sessions in the database, with the user beside them (named by ``SESSION_ENGINE``)."""

from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from heliodesk.identity.models import Session


class SessionStore(DatabaseStore):
    """Django's database sessions on the desk's own table."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        session = super().create_model_instance(data)
        assert isinstance(session, Session)  # noqa: S101 (the class named above)
        user = data.get(SESSION_KEY)
        session.user_id = int(user) if user else None
        return session
