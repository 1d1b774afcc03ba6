"""The room of calls."""

from django.apps import AppConfig


class TelephonyConfig(AppConfig):
    """Calls, offers, call-backs, lines and numbers."""

    name = "heliodesk.telephony"
    default_auto_field = "django.db.models.BigAutoField"
