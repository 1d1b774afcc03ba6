"""``python -m bench``: measure mail and pages; see ``--help``."""

from contextlib import ExitStack
from pathlib import Path

import click

from bench import desk as desks
from bench import loader, mail, pages
from bench.figures import HEADING, Figure, keep, line

EMAIL, PASSWORD = "bench@meridian.example", "bench-bench-bench"


@click.command()
@click.argument("what", nargs=-1, type=click.Choice(["mail", "pages"]))
@click.option("--mails", default=2000, show_default=True, help="Mails of one run.")
@click.option("--senders", default=[1, 4], multiple=True, show_default=True, type=int)
@click.option("--lmtp", is_flag=True, help="Send by LMTP.")
@click.option(
    "--cases", default=[1_000, 20_000, 1_000_000], multiple=True, show_default=True, type=int
)
@click.option("--requests", default=400, show_default=True, help="Requests of each kind.")
@click.option("--quick", is_flag=True, help="A small run: 300 mails, 1,000 and 20,000 cases.")
@click.option("--data", type=click.Path(path_type=Path), help="Keep the desk in this folder.")
@click.option("--url", help="A desk that runs already: its address; all of the following too.")
@click.option("--smtp-port", default=2525, show_default=True)
@click.option("--lmtp-port", default=2424, show_default=True)
@click.option("--dsn", help="Its database.")
@click.option("--pid", multiple=True, type=int, help="Its parent process; may be repeated.")
@click.option("--email", default=EMAIL, show_default=True)
@click.option("--password", default=PASSWORD, show_default=True)
def main(**given: object) -> None:
    """Measure WHAT (everything by default) and write the figures to bench/results.

    Without --url a desk is started in a scratch folder, filled, measured and removed. A desk
    that runs already is measured as it is: mail goes to its mailbox support@meridian.example.
    """
    Run(**given).run()


class Run:
    """One run of the measurements."""

    def __init__(self, **given: object) -> None:
        self.given = given
        self.what = given["what"] or ("mail", "pages")
        self.mails = 300 if given["quick"] else int(str(given["mails"]))
        cases: tuple[int, ...] = given["cases"]  # type: ignore[assignment]
        self.cases = tuple(n for n in cases if n <= 20_000) if given["quick"] else cases
        self.figures: list[Figure] = []

    def run(self) -> None:
        """Measure all that was asked for, print it, keep it."""
        if "mail" in self.what:
            self._mail()
        if "pages" in self.what:
            self._pages()
        print(f"\n{HEADING}")
        for one in self.figures:
            print(line(one))
        path = keep(self.figures, mails=self.mails, cases=self.cases)
        print(f"\nwritten to {path}")

    def _desk(self, stack: ExitStack, cases: int) -> desks.Desk:
        """The desk of --url, or one of our own with so many cases and a person to sign in."""
        given = self.given
        if given["url"]:
            host, _, port = str(given["url"]).rstrip("/").rpartition("//")[2].partition(":")
            ports = (int(port or 80), int(str(given["smtp_port"])), int(str(given["lmtp_port"])))
            found = desks.Desk(host, *ports, dsn=str(given["dsn"]), roots=list(given["pid"]))  # type: ignore[call-overload]
            found.roots += desks.postmaster(found)
            return found
        folder: Path | None = given["data"]  # type: ignore[assignment]
        found = stack.enter_context(desks.started(folder and folder / str(cases)))
        if desks.is_empty(found):
            desks.add_person(found, EMAIL, PASSWORD)
            print(f"loading {cases:,} cases")
            with found.connect() as connection:
                loader.load(connection, cases)
        return found

    def _mail(self) -> None:
        senders: tuple[int, ...] = self.given["senders"]  # type: ignore[assignment]
        with ExitStack() as stack:
            desk = self._desk(stack, 1_000)
            mail.measure(desk, mails=min(300, self.mails), senders=4, accounts=200, lmtp=False)
            for count in senders:
                self._add(
                    mail.measure(
                        desk,
                        mails=self.mails,
                        senders=count,
                        accounts=loader.accounts_of(1_000),
                        lmtp=bool(self.given["lmtp"]),
                    )
                )

    def _pages(self) -> None:
        given = self.given
        for cases in self.cases:
            with ExitStack() as stack:
                desk = self._desk(stack, cases)
                for one in pages.measure(
                    desk,
                    cases=cases,
                    requests=int(str(given["requests"])),
                    email=str(given["email"]),
                    password=str(given["password"]),
                ):
                    self._add(one)

    def _add(self, one: Figure) -> None:
        self.figures.append(one)
        print(line(one), flush=True)


if __name__ == "__main__":
    main()
