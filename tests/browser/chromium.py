"""Headless Chromium of the system, and windows that note everything they complain about."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Dialog, Page, Request, sync_playwright

from tests.conftest import program

#: Keep Chromium from asking the net for anything of its own.
_FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
#: Enough for a busy machine: what is asked for a second time, or waits for its hour, takes ten.
PATIENCE_SECONDS = 45.0


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser, until the end of the block."""
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program("chromium"), args=[*_FLAGS, *sandbox]
        )
        try:
            yield browser
        finally:
            browser.close()


class Watch:
    """What a window complained about, and what it asked of others than the desk."""

    def __init__(self, page: Page, hosts: set[str]) -> None:
        self.hosts = hosts
        self.complaints: list[str] = []
        self.strangers: list[str] = []
        #: Answers that the test provokes; the browser logs them as errors.
        self.expected: set[int] = set()
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        page.on("dialog", self._dialog)
        page.on("request", self._request)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not any(
            f"status of {status} " in message.text for status in self.expected
        ):
            self.complaints.append(f"{message.type}: {message.text}")

    def _dialog(self, dialog: Dialog) -> None:
        self.complaints.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _request(self, request: Request) -> None:
        found = urlsplit(request.url)
        if found.scheme in {"http", "https"} and found.netloc not in self.hosts:
            self.strangers.append(request.url)
