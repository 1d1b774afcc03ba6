"""The rules of the house that no linter sees."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command

SOURCE = Path(__file__).resolve().parents[2] / "src" / "heliodesk"
#: Rooms from the ground up; those on one line never point at each other.
ORDER = [
    {"journal"},
    {"identity", "calendars", "channels"},
    {"customers"},
    {"entitlements"},
    {"cases"},
    {"intake", "sla", "notifications", "routing"},
]
LEVEL = {room: level for level, rooms in enumerate(ORDER) for room in rooms}


def test_imports_keep_the_order_of_the_rooms() -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=SOURCE.parents[1],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_no_foreign_key_points_up_or_sideways() -> None:
    wrong = []
    for model in apps.get_models():
        room = model._meta.app_label
        for field in model._meta.get_fields():
            target = getattr(field, "related_model", None)
            if room not in LEVEL or not field.concrete or target is None or isinstance(target, str):
                continue
            other = target._meta.app_label
            if other in LEVEL and other != room and LEVEL[other] >= LEVEL[room]:
                wrong.append(f"{model.__name__}.{field.name} -> {other}")
    assert wrong == []


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_pages_reach_records_only_through_the_rooms() -> None:
    """Pages use access and queries; a model's manager in a page would skip who may see."""
    found = []
    for path in sorted((SOURCE / "web").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Attribute) and node.attr == "objects":
                found.append(f"{path.relative_to(SOURCE)}:{node.lineno}")
    assert found == []


def test_the_clock_is_read_at_the_door() -> None:
    """Rules, facts and actions are handed the time; only doors and jobs read the clock."""
    found = []
    for path in sorted(SOURCE.rglob("*.py")):
        room = path.relative_to(SOURCE).parts[0]
        if room in {"config", "web", "api", "kernel", "channels"}:
            continue
        text = path.read_text()
        if "clock.now(" in text or "import now" in text or "datetime.now(" in text:
            found.append(str(path.relative_to(SOURCE)))
    assert found == []


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        str(path.relative_to(SOURCE))
        for path in sorted(SOURCE.rglob("*.py"))
        if path.read_text().strip() and not ast.get_docstring(ast.parse(path.read_text()))
        and "migrations" not in path.parts
    ]  # fmt: skip
    assert silent == []


#: A test as the documents name it.
PROOF = re.compile(r"`(tests/[a-z_/]+\.py)::(test_[a-z0-9_]+)`")
VAGUE = {"utils", "helpers", "common", "base", "manager", "service", "misc", "handle", "process"}


def test_no_vague_names() -> None:
    assert [p.name for p in SOURCE.rglob("*.py") if p.stem in VAGUE] == []


def test_every_fault_of_the_operations_page_names_tests_that_exist() -> None:
    root = SOURCE.parents[1]
    page = (root / "docs" / "operations.md").read_text()
    table = page.partition("## Bad input and faults")[2]
    rows = [line for line in table.splitlines() if line.startswith("| ")][1:]
    assert len(rows) > 20
    unproved = [row[:60] for row in rows if not PROOF.search(row)]
    absent = [
        f"{file}::{name}"
        for file, name in PROOF.findall(table)
        if not (root / file).exists() or f"def {name}(" not in (root / file).read_text()
    ]
    assert (unproved, absent) == ([], [])
