"""Codes from authenticator apps: one step of drift is forgiven, and no code counts twice."""

from typing import Any

from allauth.mfa import app_settings
from allauth.mfa.base.forms import AuthenticateForm, BaseAuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from django.core.cache import cache


class _OnlyOnce(BaseAuthenticateForm):  # type: ignore[misc]  # allauth is untyped
    """Remembers a code for as long as it could be accepted; allauth does for one step only."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs |= {"inputmode": "numeric", "autofocus": True}

    def clean_code(self) -> str:
        code: str = super().clean_code()
        if self.authenticator.type == Authenticator.Type.TOTP:
            used = self.authenticator.wrap()._get_used_cache_key(code)
            steps = 2 * app_settings.TOTP_TOLERANCE + 1
            cache.touch(used, timeout=steps * app_settings.TOTP_PERIOD)
        return code


class SignInCode(_OnlyOnce, AuthenticateForm):  # type: ignore[misc]  # allauth is untyped
    """The code asked for after the password."""


class CodeAgain(_OnlyOnce, ReauthenticateForm):  # type: ignore[misc]  # allauth is untyped
    """The code asked for before a change of the account."""
