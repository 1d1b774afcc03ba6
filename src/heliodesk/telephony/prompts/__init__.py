"""What callers hear: the same prompts as text for a provider's voice and as recorded files."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from heliodesk.telephony.rules import Prompt

_HERE = Path(__file__).parent
#: Folder of the recorded files below the sounds of a language.
FOLDER = "heliodesk"
DEFAULT = "en"
_SILENT = {"music": "silence/10"}


@cache
def catalogue(language: str) -> Mapping[str, Any]:
    """The prompts of a language: ``voice`` (its code for text to speech), ``days``, ``prompts``."""
    with (_HERE / f"{language}.yaml").open(encoding="utf-8") as file:
        found: dict[str, Any] = yaml.safe_load(file)
    return found


def languages() -> list[str]:
    """The languages that there are prompts in."""
    return sorted(path.stem for path in _HERE.glob("*.yaml"))


def known(language: str) -> str:
    """The language itself if it has prompts, else the default."""
    return language if language in languages() else DEFAULT


def sentences(prompt: Prompt, language: str, vendor: str) -> list[str]:
    """What a provider's voice reads out, one sentence a part."""
    words = catalogue(known(language))
    return [text for part in prompt.parts if (text := _sentence(part, words, vendor))]


def _sentence(part: tuple[str, str], words: Mapping[str, Any], vendor: str) -> str:
    name, figure = part
    text = str(words["prompts"][name])
    return text.format(vendor=vendor, figure=_figure(figure, words)) if text else ""


def _figure(figure: str, words: Mapping[str, Any]) -> str:
    """Digits one by one in groups of four; an instant as a day and a time."""
    if "T" in figure:
        at = datetime.fromisoformat(figure)
        return str(words["moment"]).format(day=words["days"][at.weekday()], time=f"{at:%H:%M}")
    if len(figure) > 3:
        groups = [" ".join(figure[i : i + 4]) for i in range(0, len(figure), 4)]
        return ", ".join(groups)
    return figure


def files(prompt: Prompt, language: str = DEFAULT) -> list[str]:
    """The recorded files of a prompt, in the order in which they are played.

    Asterisk looks for a file below its language first and then below the sounds themselves, so
    that any other language than the default is named by its folder.
    """
    folder = "" if known(language) == DEFAULT else f"{known(language)}/"
    return [
        file if file in _SILENT.values() else folder + file
        for part in prompt.parts
        for file in _files(part)
    ]


def _files(part: tuple[str, str]) -> Iterator[str]:
    name, figure = part
    yield _SILENT.get(name, f"{FOLDER}/{name}")
    if "T" in figure:
        at = datetime.fromisoformat(figure)
        yield f"digits/day-{(at.weekday() + 1) % 7}"
        yield from _spoken_number(at.hour)
        yield from _spoken_number(at.minute) if at.minute else ("digits/0", "digits/0")
    elif len(figure) > 3:
        yield from (f"digits/{digit}" for digit in figure)
    elif figure:
        yield from _spoken_number(int(figure))


def _spoken_number(number: int) -> Iterator[str]:
    """The files of a number below a hundred, as they come with Asterisk's core sounds."""
    tens, ones = divmod(number, 10)
    if number <= 20:
        yield f"digits/{number}"
    else:
        yield f"digits/{min(tens, 9)}0"
        if ones:
            yield f"digits/{ones}"


def texts(language: str, vendor: str) -> Iterator[tuple[str, str]]:
    """Every prompt that is recorded: the name of its file and the words to speak.

    Figures are played after the words, so the words end where the figure would stand.
    """
    words = catalogue(known(language))
    for name, text in words["prompts"].items():
        if text and name not in _SILENT:
            yield name, str(text).format(vendor=vendor, figure="").strip()
