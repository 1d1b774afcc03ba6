"""Pages: lists, a case, searches, a reply and a new case, each asked for many times."""

import base64
import json
import random
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from bench import cpu
from bench.browser import Answer, Browser
from bench.desk import Desk, add_contact
from bench.figures import Figure, Round, of_rounds
from bench.machine import slowness
from bench.words import RARE, Writer

#: People who work at once.
BROWSERS = 2
WARM = 30
LISTS = {"open": "all open", "unassigned": "unassigned", "closed": "closed"}
#: A view as somebody builds one: conditions of which all hold, and some of which one does.
VIEW: list[dict[str, object]] = [
    {
        "match": "all",
        "conditions": [
            {"fact": "package", "how": "is", "values": ["gold", "platinum"]},
            {"fact": "activity", "how": "in_the_last", "values": ["90", "days"]},
        ],
    },
    {
        "match": "any",
        "conditions": [
            {"fact": "priority", "how": "is", "values": ["P1", "P2"]},
            {"fact": "owner", "how": "is", "values": ["nobody"]},
        ],
    },
]
#: Requests of a kind are made in so many rounds; the figure is that of the middle one.
ROUNDS = 5


@dataclass(frozen=True)
class Kind:
    """One kind of request: how it is asked, what its answer must be, what it may cost."""

    name: str
    ask: Callable[[Browser, random.Random], Answer]
    right: Callable[[Answer], bool]
    target_ms: float | None
    #: Asked by a contact in the portal, not by a person of the desk.
    portal: bool = False


@dataclass(frozen=True)
class Site:
    """A desk with so many cases, and the people at work there."""

    desk: Desk
    cases: int
    browsers: list[Browser]
    contacts: list[Browser]
    kinds: list[Kind]

    @classmethod
    def entered(cls, desk: Desk, cases: int, email: str, password: str) -> "Site":
        """The desk with everybody signed in."""
        browsers = [Browser(desk.host, desk.web_port) for _ in range(BROWSERS)]
        contacts = [Browser(desk.host, desk.web_port) for _ in range(BROWSERS)]
        address = add_contact(desk, email)
        for browser, contact in zip(browsers, contacts, strict=True):
            browser.sign_in(email, password)
            contact.enter_portal(address, password)
        return cls(desk, cases, browsers, contacts, [*_kinds(desk, cases), *_portal(desk, address)])

    def those_who_ask(self, kind: Kind) -> list[Browser]:
        """The browsers from which a kind of request comes."""
        return self.contacts if kind.portal else self.browsers


def measure(sites: Sequence[Site], *, requests: int) -> Iterator[Figure]:
    """The figures of every kind of request at every site.

    The sites take turns, a round at each, so that what else the machine does falls on all of them
    alike and their figures can be compared.
    """
    for place in range(len(sites[0].kinds)):
        kinds = [site.kinds[place] for site in sites]
        for site, kind in zip(sites, kinds, strict=True):
            _run(site.those_who_ask(kind), kind, WARM)
        rounds: list[list[Round]] = [[] for _ in sites]
        for number in range(ROUNDS):
            for site, kind, mine in zip(sites, kinds, rounds, strict=True):
                mine.append(_round(site, kind, max(requests // ROUNDS, BROWSERS), number))
        for site, kind, mine in zip(sites, kinds, rounds, strict=True):
            yield of_rounds(f"{kind.name}, {site.cases:,} cases", mine, target_ms=kind.target_ms)


def _round(site: Site, kind: Kind, requests: int, number: int) -> Round:
    slow, before, begun = slowness(), site.desk.spent(), time.perf_counter()
    seconds = _run(site.those_who_ask(kind), kind, requests, number)
    took = time.perf_counter() - begun
    time.sleep(0.3)  # what a request leaves to other processes counts too
    spent = cpu.between(before, site.desk.spent())
    return Round(seconds, took, spent, (slow + slowness()) / 2)


def _run(browsers: list[Browser], kind: Kind, requests: int, number: int = -1) -> list[float]:
    """Ask from all browsers at once; seconds of each request."""
    seconds: list[float] = []
    wrong: list[Answer] = []

    def work(browser: Browser, who: int) -> None:
        chance = random.Random(f"{kind.name} {who} {number}")
        for _ in range(requests // len(browsers)):
            begun = time.perf_counter()
            answer = kind.ask(browser, chance)
            seconds.append(time.perf_counter() - begun)
            if not kind.right(answer):
                wrong.append(answer)
                return

    threads = [threading.Thread(target=work, args=(b, n)) for n, b in enumerate(browsers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        text = wrong[0].body.decode("utf-8", "replace")[:1500]
        raise SystemExit(f"{kind.name}: unexpected answer {wrong[0].status}:\n{text}")
    return seconds


def _kinds(desk: Desk, cases: int) -> list[Kind]:
    """Every kind of request, with cases and accounts picked from all over the desk."""
    writer = Writer(3)
    text = writer.text(600)
    long = _column(desk, "select ref from cases_case where id %% 20 = 0 and id <= %s", cases)
    open_ = open_cases(desk)
    accounts = _column(desk, "select id from customers_account where %s > 0", cases)

    def create(browser: Browser, chance: random.Random) -> Answer:
        account = int(chance.choice(accounts))
        return browser.post(
            f"/cases/new/?account={account}",
            account=str(account),
            contact=str(account * 3),
            channel="phone",
            severity="P3",
            title=writer.sentence(6),
            text=text,
            acknowledge="on",
        )

    def reply(browser: Browser, chance: random.Random) -> Answer:
        return browser.post(f"/cases/{chance.choice(open_)}/reply/", text=text)

    return [
        *(
            Kind(f"list of 50, {word}", partial(_get, f"/{code}/"), _is_page, 4)
            for code, word in LISTS.items()
        ),
        Kind("view of four conditions", partial(_get, _view("open", VIEW)), _is_page, 5),
        Kind("case of 10 messages", lambda b, c: b.get(f"/cases/{c.choice(long)}/"), _is_page, 4),
        Kind("beside a case", lambda b, c: b.get(f"/cases/{c.choice(long)}/beside/"), _is_page, 5),
        Kind("search", partial(_get, f"/search/?q={RARE}"), _is_page, 8),
        Kind(
            "search with operators",
            partial(_get, f"/search/?q={RARE}+is:open+package:gold+after:2020-01-01"),
            _is_page,
            8,
        ),
        Kind("reply", reply, _is_done, 12),
        Kind("new case", create, _is_done, 12),
    ]


def open_cases(desk: Desk) -> list[str]:
    """References of cases that can be answered."""
    return _column(
        desk,
        "select c.ref from cases_case c where c.state in ('new', 'assigned') and c.channel = %s and"
        " exists (select from cases_participant p where p.case_id = c.id and p.requester)",
        "email",
    )


def _portal(desk: Desk, address: str) -> list[Kind]:
    """What a contact asks for who sees all cases of a large account."""
    theirs = _column(
        desk,
        "select c.ref from cases_case c join customers_contactrole r on r.account_id = c.account_id"
        " join customers_contactaddress e on e.contact_id = r.contact_id where e.address = %s",
        address,
    )
    return [
        Kind("portal: cases", partial(_get, "/support/cases/"), _is_page, 5, portal=True),
        Kind(
            "portal: case",
            lambda b, c: b.get(f"/support/cases/{c.choice(theirs)}/"),
            _is_page,
            5,
            portal=True,
        ),
        Kind("portal: home", partial(_get, "/support/"), _is_page, 5, portal=True),
    ]


def _get(address: str, browser: Browser, _chance: random.Random) -> Answer:
    return browser.get(address)


def _view(scope: str, groups: list[dict[str, object]]) -> str:
    """The address of a filter that nobody has saved."""
    text = json.dumps([scope, groups], separators=(",", ":"))
    word = base64.urlsafe_b64encode(zlib.compress(text.encode())).decode().rstrip("=")
    return f"/views/filter/?f={word}"


def _is_page(answer: Answer) -> bool:
    return answer.status == 200 and len(answer.body) > 5_000


def _is_done(answer: Answer) -> bool:
    return answer.status == 302 and answer.location.startswith("/cases/")


def _column(desk: Desk, sql: str, value: int | str) -> list[str]:
    """Up to 2,000 values, from the oldest to the newest alike."""
    with desk.connect() as connection:
        rows = connection.execute(sql.encode(), [value]).fetchall()
    return [str(row[0]) for row in rows[:: max(1, len(rows) // 2000)]]
