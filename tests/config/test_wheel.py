"""The wheel: all that the desk needs besides code is inside."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "heliodesk"
#: Files beside code that the desk reads when it runs.
READ = {".html", ".txt", ".css", ".js", ".svg", ".png", ".woff2", ".mo", ".yaml", ".sql", ".typed"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names in a wheel built from this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps"),
            *("--no-build-isolation", "--wheel-dir", str(folder), str(ROOT)),
        ],
        check=True,
    )
    (built,) = folder.glob("heliodesk-*.whl")
    with zipfile.ZipFile(built) as archive:
        return set(archive.namelist())


def test_every_file_that_is_read_is_inside(wheel: set[str]) -> None:
    wanted = {
        f"heliodesk/{path.relative_to(PACKAGE).as_posix()}"
        for path in PACKAGE.rglob("*")
        if path.is_file() and (path.suffix in READ or path.suffix == ".py")
    }
    assert wanted - wheel == set()


@pytest.mark.parametrize("suffix", [".html", ".css", ".js"])
def test_pages_styles_and_scripts_are_inside(wheel: set[str], suffix: str) -> None:
    assert [name for name in wheel if name.endswith(suffix)]


def test_the_command_and_the_licence_are_inside(wheel: set[str]) -> None:
    (entry,) = (name for name in wheel if name.endswith("dist-info/entry_points.txt"))
    assert any(name.endswith("licenses/LICENSE") for name in wheel), entry


def test_every_translation_is_inside_as_it_is_read(wheel: set[str]) -> None:
    translated = {path.with_suffix(".mo") for path in PACKAGE.rglob("*.po")}
    assert {f"heliodesk/{path.relative_to(PACKAGE).as_posix()}" for path in translated} <= wheel
