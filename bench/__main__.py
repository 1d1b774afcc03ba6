"""``python -m bench``: measure mail, pages, live streams, clocks, rules, calls; see ``--help``."""

import random
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path

import click

from bench import calls, clocks, crew, decision, live, loader, mail, pages
from bench import desk as desks
from bench.figures import HEADING, Figure, dearer, keep, line

EMAIL, PASSWORD = "bench@meridian.example", "bench-bench-bench"
PARTS = ("rules", "mail", "pages", "live", "clocks", "calls")


@click.command()
@click.argument("what", nargs=-1, type=click.Choice(PARTS))
@click.option("--mails", default=2000, show_default=True, help="Mails of one run.")
@click.option("--senders", default=[1, 4], multiple=True, show_default=True, type=int)
@click.option("--lmtp", is_flag=True, help="Send by LMTP.")
@click.option(
    "--cases", default=[1_000, 20_000, 1_000_000], multiple=True, show_default=True, type=int
)
@click.option("--requests", default=500, show_default=True, help="Requests of each kind.")
@click.option("--quick", is_flag=True, help="A small run: 300 mails, 1,000 and 20,000 cases.")
@click.option("--data", type=click.Path(path_type=Path), help="Keep the desks in this folder.")
@click.option("--url", help="A desk that runs already: its address; all of the following too.")
@click.option("--smtp-port", default=2525, show_default=True)
@click.option("--lmtp-port", default=2424, show_default=True)
@click.option("--live-port", default=8001, show_default=True)
@click.option("--dsn", help="Its database.")
@click.option("--pid", multiple=True, type=int, help="Its parent process; may be repeated.")
@click.option("--email", default=EMAIL, show_default=True)
@click.option("--password", default=PASSWORD, show_default=True)
def main(**given: object) -> None:
    """Measure WHAT (everything by default) and write the figures to bench/results.

    Without --url desks are started in a scratch folder, filled, measured and removed; with --data
    they are kept, so that the next run need not fill them. A desk that runs already is measured as
    it is: mail goes to its mailbox support@meridian.example.
    """
    Run(**given).run()


class Run:
    """One run of the measurements."""

    def __init__(self, **given: object) -> None:
        self.given = given
        what: tuple[str, ...] = given["what"]  # type: ignore[assignment]  # what click hands over
        self.what = what or PARTS
        self.mails = 300 if given["quick"] else int(str(given["mails"]))
        cases: tuple[int, ...] = given["cases"]  # type: ignore[assignment]  # what click hands over
        self.cases = tuple(n for n in cases if n <= 20_000) if given["quick"] else cases
        self.figures: list[Figure] = []

    def run(self) -> None:
        """Measure all that was asked for, print it, keep it."""
        if "rules" in self.what:
            self._add(decision.measure())
        if set(self.what) & {"mail", "pages", "live"}:
            with ExitStack() as stack:
                found = {cases: self._desk(stack, cases) for cases in self.cases}
                self._at(found)
        if "clocks" in self.what and not self.given["url"]:
            with desks.started() as desk:
                self._fill(desk, 1_000)
                self._add(clocks.measure(desk))
        if "calls" in self.what and not self.given["url"]:
            with desks.started(HELIODESK_VOICE_ASTERISK_TOKEN=crew.TOKEN) as desk:
                self._add(calls.measure(desk))
        print(f"\n{HEADING}")
        for one in self.figures:
            print(line(one))
        for told in dearer(self.figures):
            print(told)
        path = keep(self.figures, mails=self.mails, cases=self.cases)
        print(f"\nwritten to {path}")

    def _at(self, found: dict[int, desks.Desk]) -> None:
        """Measure at these desks, by how many cases each holds."""
        if "mail" in self.what:
            self._mail(found)
        if set(self.what) & {"pages", "live"}:
            email, password = str(self.given["email"]), str(self.given["password"])
            sites = [pages.Site.entered(desk, n, email, password) for n, desk in found.items()]
            if "pages" in self.what:
                self._add(pages.measure(sites, requests=int(str(self.given["requests"]))))
            if "live" in self.what:
                site = sites[-1]
                self._add(live.measure(site.desk, site.browsers[0], pages.open_cases(site.desk)))

    def _desk(self, stack: ExitStack, cases: int) -> desks.Desk:
        """The desk of --url, or one of our own with so many cases and a person to sign in."""
        given = self.given
        if given["url"]:
            host, _, port = str(given["url"]).rstrip("/").rpartition("//")[2].partition(":")
            smtp, lmtp, streams = (
                int(str(given[name])) for name in ("smtp_port", "lmtp_port", "live_port")
            )
            roots: tuple[int, ...] = given["pid"]  # type: ignore[assignment]  # what click hands over
            dsn = str(given["dsn"])
            found = desks.Desk(host, int(port or 80), smtp, lmtp, streams, dsn, list(roots))
            found.roots += desks.postmaster(found)
            return found
        folder: Path | None = given["data"]  # type: ignore[assignment]  # what click hands over
        found = stack.enter_context(desks.started(folder and folder / str(cases)))
        if desks.is_empty(found):
            self._fill(found, cases)
        return found

    def _fill(self, desk: desks.Desk, cases: int) -> None:
        desks.add_person(desk, EMAIL, PASSWORD)
        print(f"loading {cases:,} cases")
        with desk.connect() as connection:
            loader.load(connection, cases)

    def _mail(self, found: dict[int, desks.Desk]) -> None:
        senders: tuple[int, ...] = self.given["senders"]  # type: ignore[assignment]  # what click hands over
        list(mail.measure(found, mails=min(300, self.mails), senders=4))  # so that all is warm
        for count in senders:
            lmtp = bool(self.given["lmtp"])
            self._add(mail.measure(found, mails=self.mails, senders=count, lmtp=lmtp))

    def _add(self, more: Iterable[Figure]) -> None:
        for one in more:
            self.figures.append(one)
            print(line(one), flush=True)


if __name__ == "__main__":
    random.seed(1)
    main()
