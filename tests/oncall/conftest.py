"""Browsers, for the pages of on-call."""

from tests.web.conftest import browser, nothing_remembered

__all__ = ["browser", "nothing_remembered"]
