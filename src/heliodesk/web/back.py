"""Where a form leads back to: a page of this desk, or where it leads without being told."""

from django.utils.http import url_has_allowed_host_and_scheme


def back_to(given: str, otherwise: str = "") -> str:
    """The path that was given, if it is one of ours; else ``otherwise``."""
    ours = given.startswith("/") and url_has_allowed_host_and_scheme(given, allowed_hosts=None)
    return given if ours else otherwise
