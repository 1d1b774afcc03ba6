"""People of the desk at its pages, each in a session of their own, as a browser would be."""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

import requests

from tests import make
from tests.scenarios.running import RunningDesk, until

_SECONDS = 60.0
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass
class Seen:
    """A case as its page showed it."""

    version: int
    last: int
    #: Letters of this case that wait, by their text.
    waiting: dict[str, int] = field(default_factory=dict)


class Agent:
    """Somebody who is signed in; what breaks off is tried again, as a person would."""

    def __init__(self, desk: RunningDesk, email: str) -> None:
        self.address, self.http = f"http://127.0.0.1:{desk.web}", requests.Session()
        page = self.http.get(f"{self.address}/sign-in/", timeout=_SECONDS).text
        given = {"login": email, "password": make.PASSWORD, "csrfmiddlewaretoken": _token(page)}
        answer = self.http.post(f"{self.address}/sign-in/", given, timeout=_SECONDS)
        assert answer.url == f"{self.address}/", answer.url
        self.token = _token(answer.text)

    def get(self, path: str) -> str:
        """A page; waits for a server that is starting."""

        def asked() -> requests.Response | None:
            with suppress(requests.ConnectionError):
                answer = self.http.get(f"{self.address}{path}", timeout=_SECONDS)
                return answer if answer.status_code < 500 else None
            return None

        answer: requests.Response = until(asked)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.text

    def look(self, ref: str) -> Seen:
        """The case as it is now."""
        page = self.get(f"/cases/{ref}/")
        self.token = _token(page)
        seen = re.search(r'id="seen" value="(\d+)" data-last="(\d+)"', page)
        assert seen, page[:500]
        letters = re.findall(r'id="l(\d+)".*?<div class="words">([^<]*)</div>', page, re.DOTALL)
        return Seen(int(seen[1]), int(seen[2]), {text: int(id) for id, text in letters})

    def post(self, path: str, given: Mapping[str, object]) -> int:
        """Send a form; the status of the answer, redirects not followed."""
        answer = self.http.post(
            f"{self.address}{path}",
            {**given, "csrfmiddlewaretoken": self.token},
            timeout=_SECONDS,
            allow_redirects=False,
        )
        return answer.status_code


def _token(page: str) -> str:
    found = _TOKEN.search(page)
    assert found, page[:500]
    return found[1]
