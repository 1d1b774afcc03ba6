"""A browser as far as the desk can tell: cookies, forms with their token, one open connection."""

import http.client
import re
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import urlencode

_TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass
class Answer:
    """What came back."""

    status: int
    body: bytes
    location: str


@dataclass
class Browser:
    """One person at one browser."""

    host: str
    port: int
    _cookies: dict[str, str] = field(default_factory=dict)
    _token: str = ""

    def __post_init__(self) -> None:
        self._connection = http.client.HTTPConnection(self.host, self.port, timeout=60)

    def get(self, path: str) -> Answer:
        """Fetch a page; redirects are not followed."""
        return self._ask("GET", path, None)

    def post(self, path: str, **fields: str) -> Answer:
        """Send a form with the token of the last page that had one."""
        return self._ask("POST", path, urlencode({"csrfmiddlewaretoken": self._token, **fields}))

    def sign_in(self, email: str, password: str) -> None:
        """Sign in by the form, as a person does.

        Raises:
            SystemExit: the desk does not let this person in.
        """
        self.get("/sign-in/")
        answer = self.post("/sign-in/", login=email, password=password)
        if answer.status != 302 or self.get("/").status != 200:
            raise SystemExit(f"{email} cannot sign in (the desk answered {answer.status}).")

    @property
    def cookie(self) -> str:
        """All cookies, as a header has them."""
        return "; ".join(f"{name}={value}" for name, value in self._cookies.items())

    def enter_portal(self, email: str, password: str) -> None:
        """Sign in as a contact, by the portal's own door.

        Raises:
            SystemExit: the portal does not let this person in.
        """
        self.get("/support/sign-in/")
        answer = self.post("/support/sign-in/", email=email, password=password)
        if answer.status != 302 or self.get("/support/").status != 200:
            raise SystemExit(f"{email} cannot enter the portal (it answered {answer.status}).")

    def _ask(self, method: str, path: str, body: str | None) -> Answer:
        origin = f"http://{self.host}:{self.port}"
        headers = {"Cookie": self.cookie}
        if body is not None:
            headers |= {
                "Content-Type": "application/x-www-form-urlencoded",
                "Origin": origin,
                "Referer": origin + path,
            }
        try:
            self._connection.request(method, path, body, headers)
            response = self._connection.getresponse()
        except ConnectionError:  # the server hung up on a browser that was idle
            self._connection.close()
            self._connection.request(method, path, body, headers)
            response = self._connection.getresponse()
        content = response.read()
        for value in response.headers.get_all("Set-Cookie") or []:
            self._cookies |= {name: one.value for name, one in SimpleCookie(value).items()}
        if found := _TOKEN.search(content):
            self._token = found[1].decode()
        return Answer(response.status, content, response.headers.get("Location", ""))
