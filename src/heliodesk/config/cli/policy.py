"""``heliodesk policy``: packs, what they would decide (without a database), and those of a desk."""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from heliodesk.config.cli.jsonl import Malformed, answer_lines, read_object
from heliodesk.config.cli.packs import PACK, fail, pack_or_exit
from heliodesk.entitlements.pack.differences import differences
from heliodesk.entitlements.pack.doubts import doubts
from heliodesk.entitlements.pack.model import Cell, Metric, Pack
from heliodesk.entitlements.pack.shipped import shipped_names
from heliodesk.entitlements.simulation import QuestionError, Simulator
from heliodesk.entitlements.situations import Change, Situation, compare, table_of, worked

if TYPE_CHECKING:
    from heliodesk.entitlements.models import PolicyPack

JSON = click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")


@click.group()
def command() -> None:
    """Policy packs: read them, check them, try them, compare them."""


@command.command()
@PACK
def simulate(pack: str | None) -> None:
    """Say what would happen, one question a line.

    Standard input holds one JSON object a line with an "input"; each is given back with
    "outcome", "rules" and "customer_told". A line that cannot be answered gets {"error": ...}
    in its place, and the command then ends with status 1.
    """
    simulator = Simulator(pack_or_exit(pack))

    def answer(line: Mapping[str, object]) -> dict[str, object]:
        asked = line.get("input")
        if not isinstance(asked, dict):
            raise QuestionError("input is missing or not an object")
        return {**line, **simulator.answer(asked)}

    sys.exit(answer_lines(sys.stdin.buffer, click.echo, answer, QuestionError))


@command.command()
@click.argument("file")
def validate(file: str) -> None:
    """Check a pack; every fault is given with file, line and reason."""
    pack = pack_or_exit(file)
    rows = len(pack.offerings())
    click.echo(f"{pack.code}: {len(pack.packages)} packages, {rows} offerings. It can be used.")
    for doubt in doubts(pack):
        click.echo(f"To look at: {doubt}.")
    for row, package, cell in pack.to_review():
        click.echo(f"To look at: {row.code} of {package} is unknown, taken as {shown(cell)}.")


@command.command()
@click.argument("pack", required=False)
@JSON
def show(pack: str | None, as_json: bool) -> None:
    """Show what a pack gives: matrix, targets, regions and settings."""
    found = pack_or_exit(pack)
    if as_json:
        click.echo(json.dumps(_plain(found), indent=2, ensure_ascii=False))
        return
    click.echo(f"{found.code}: {found.title}")
    if pack is None:
        click.echo(f"Shipped packs: {', '.join(shipped_names())}")
    _show_matrix(found)
    _show_targets(found)
    click.echo("\nRegions")
    for region in found.regions.values():
        numbers = ", ".join(number.e164 for number in region.numbers) or "no number"
        click.echo(f"  {region.code:6} {region.label}, {region.zone}, {region.queue}, {numbers}")
    click.echo("\nSettings")
    for spec in found.settings.values():
        click.echo(f"  {spec.key} = {_value(spec.default)}  [{', '.join(spec.refs)}]")


def _show_matrix(pack: Pack) -> None:
    width = max(len(row.label) for row in pack.offerings()) + 2
    columns = "".join(f"{package.label[:17]:18}" for package in pack.packages)
    click.echo(f"\n{'':{width}}{columns}")
    for family in pack.families:
        click.echo(family.label)
        for row in family.offerings:
            cells = "".join(f"{_cell(row.cells[p.code]):18}" for p in pack.packages)
            click.echo(f"  {row.label:{width - 2}}{cells}".rstrip())


def _show_targets(pack: Pack) -> None:
    click.echo("\nTargets for a first response, in minutes (targets of the vendor, no promises)")
    for package in pack.packages:
        row = pack.targets[Metric.FIRST_RESPONSE][package.code]
        cells = ", ".join(f"{p} {t.minutes} {t.clock}" for p, t in row.items())
        click.echo(f"  {package.label}: {cells}")


def _cell(cell: Cell) -> str:
    return f"{shown(cell)[:13]} ({cell.tag})"


def shown(cell: Cell) -> str:
    """A cell's value in a word."""
    if isinstance(cell.value, bool):
        return "yes" if cell.value else "no"
    return cell.value.replace("_", " ")


def _value(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _plain(pack: Pack) -> dict[str, object]:
    return {
        "pack": pack.code,
        "title": pack.title,
        "packages": [{"code": p.code, "label": p.label} for p in pack.packages],
        "offerings": {
            row.code: {p: {"value": c.value, "tag": str(c.tag)} for p, c in row.cells.items()}
            for row in pack.offerings()
        },
        "first_response": {
            package: {
                priority: {"minutes": target.minutes, "clock": str(target.clock)}
                for priority, target in row.items()
            }
            for package, row in pack.targets[Metric.FIRST_RESPONSE].items()
        },
        "regions": {code: region.zone for code, region in pack.regions.items()},
        "settings": {key: spec.default for key, spec in pack.settings.items()},
    }


@command.command("examples")
@PACK
@JSON
def try_examples(pack: str | None, as_json: bool) -> None:
    """Try a pack on the worked examples that ship with it.

    Ends with status 1 when one does not come out as it should.
    """
    results = worked(pack_or_exit(pack))
    if as_json:
        found = [
            {"id": one.example.id, "refs": one.example.refs, "differs": one.differs}
            for one in results
        ]
        click.echo(json.dumps(found, indent=2))
    else:
        for one in results:
            told = "; ".join(
                f"{name} {_plain_value(want)} expected, {_plain_value(came)} came"
                for name, (want, came) in one.differs.items()
            )
            click.echo(f"{one.example.id}  {one.example.refs}: {told or 'holds'}")
        held = sum(not one.differs for one in results)
        click.echo(f"{held} of {len(results)} worked examples hold.")
    sys.exit(any(one.differs for one in results))


@command.command("compare")
@click.argument("before")
@click.argument("after")
@click.option("--examples", type=click.File("rb"), help="Your own table, as for simulate.")
@JSON
def compare_packs(before: str, after: str, examples: Iterable[bytes] | None, as_json: bool) -> None:
    """Show what a second pack says and judges differently from the first."""
    old, new = pack_or_exit(before), pack_or_exit(after)
    table = table_of(old, new) if examples is None else _questions(examples)
    changes = list(compare(old, new, table))
    if as_json:
        found = [{"input": c.situation, "changes": c.fields} for c in changes]
        values = [value._asdict() for value in differences(old, new)]
        told = {"situations": len(table), "changed": found, "values": values}
        click.echo(json.dumps(told, indent=2, ensure_ascii=False))
        return
    for value in differences(old, new):
        click.echo(f"{value.kind} {value.name}: {value.before or '–'} -> {value.after or '–'}")
    for change in changes:
        click.echo(_sentence(change))
    click.echo(f"{len(changes)} of {len(table)} situations change.")


def _questions(lines: Iterable[bytes]) -> list[Situation]:
    found: list[Situation] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            asked = read_object(line).get("input")
        except Malformed as error:
            fail(f"line {number}: {error}")
        if not isinstance(asked, dict):
            fail(f"line {number}: input is missing or not an object")
        found.append(asked)
    return found


def _sentence(change: Change) -> str:
    asked = ", ".join(f"{key} {_plain_value(value)}" for key, value in change.situation.items())
    told = "; ".join(
        f"{name} {_plain_value(old)} -> {_plain_value(new)}"
        for name, (old, new) in change.fields.items()
    )
    return f"{asked}\n    {told}"


def _plain_value(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


@command.command("list")
@JSON
def list_packs(as_json: bool) -> None:
    """List the packs of this desk: drafts, the one in force, and earlier ones."""
    from heliodesk.config.cli.open import open_desk

    open_desk()
    from heliodesk.entitlements.models import PolicyPack

    rows = PolicyPack.objects.order_by("code", "-version")
    if as_json:
        found = [
            {
                "pack": row.code,
                "version": row.version,
                "state": row.state,
                "created_at": row.created_at.isoformat(),
                "created_by": row.created_by,
                "activated_at": row.activated_at.isoformat() if row.activated_at else None,
            }
            for row in rows
        ]
        click.echo(json.dumps(found, indent=2))
        return
    for row in rows:
        words = "in force since" if row.state == "active" else "last brought into force"
        since = f", {words} {row.activated_at:%Y-%m-%d %H:%M} UTC" if row.activated_at else ""
        click.echo(f"{row}: {row.state}, by {row.created_by or 'unknown'}{since}")


@command.command("import")
@click.argument("file")
@click.option("--activate", "at_once", is_flag=True, help="Bring it into force at once.")
@click.option("--accept-losses", is_flag=True, help="Though running contracts lose their package.")
def import_file(file: str, at_once: bool, accept_losses: bool) -> None:
    """Import a shipped pack or a YAML file as a draft.

    A pack that cannot be used is refused with file, line and reason.
    """
    from heliodesk.config.cli.open import open_desk
    from heliodesk.entitlements.pack.shipped import source_at

    with _plainly():
        source = source_at(file)
    open_desk()
    from heliodesk.entitlements import actions
    from heliodesk.journal.record import By
    from heliodesk.kernel.clock import now

    at, by = now(), By("system", None, "the command line")
    with _plainly():
        row = actions.import_pack(source, file=file, by=by, at=at)
        if at_once and row.state != "active":
            row = actions.activate(row, accept_losses=accept_losses, by=by, at=at)
    _say_state(row)


@command.command()
@click.argument("pack")
@click.option("--version", type=int, help="The newest when left out.")
@click.option("--accept-losses", is_flag=True, help="Though running contracts lose their package.")
def activate(pack: str, version: int | None, accept_losses: bool) -> None:
    """Bring a pack of this desk into force for new cases; running ones keep theirs."""
    from heliodesk.config.cli.open import open_desk

    open_desk()
    from heliodesk.entitlements import actions
    from heliodesk.entitlements.models import PolicyPack
    from heliodesk.journal.record import By
    from heliodesk.kernel.clock import now

    rows = PolicyPack.objects.filter(code=pack).order_by("-version")
    row = rows.filter(version=version).first() if version else rows.first()
    if row is None:
        wanted = f"{pack} v{version}" if version else pack
        fail(f"This desk has no pack {wanted}. `heliodesk policy list` shows what it has.")
    by = By("system", None, "the command line")
    with _plainly():
        row = actions.activate(row, accept_losses=accept_losses, by=by, at=now())
    _say_state(row)


def _say_state(row: "PolicyPack") -> None:
    if row.state == "active":
        click.echo(f"{row} is in force for new cases.")
    else:
        click.echo(
            f"{row} is a draft. `heliodesk policy activate {row.code}` brings it into force."
        )


@contextmanager
def _plainly() -> Iterator[None]:
    """Say a refusal in its own words and end with status 1."""
    from heliodesk.entitlements.contract_rules import Refused
    from heliodesk.entitlements.pack.nodes import PackError

    try:
        yield
    except (PackError, Refused) as error:
        fail(str(error))
