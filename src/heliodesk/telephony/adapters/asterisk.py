"""Asterisk by HTTP steps: one bounded request a step, answered by one line of fields.

``do=gather&prompt=…&max=…&timeout=…``, ``do=dial&target=…&timeout=…`` or ``do=bye&prompt=…``,
percent-encoded as ``CURLOPT(hashcompat)`` reads it. Anything else makes the dialplan ring everybody
on call by itself. Pure.
"""

from collections.abc import Mapping
from urllib.parse import quote

from heliodesk.telephony import prompts
from heliodesk.telephony.rules import Bye, Dial, Instruction

CONTENT_TYPE = "application/x-www-form-urlencoded; charset=utf-8"
#: The most that any field of a request may hold.
LONGEST = 200


class BadStep(ValueError):
    """The request lacks what makes it a step; the text says what."""


def number_of(fields: Mapping[str, str]) -> int:
    """The step's running number.

    Raises:
        BadStep: it is none.
    """
    text = fields.get("step", "").strip()
    if not (text.isascii() and text.isdigit() and len(text) < 7):
        raise BadStep("step must be a whole number")
    return int(text)


def call_of(fields: Mapping[str, str]) -> str:
    """Asterisk's own id of the call (``UNIQUEID``).

    Raises:
        BadStep: there is none.
    """
    id = fields.get("call", "").strip()
    if not id or len(id) > LONGEST or not id.isprintable():
        raise BadStep("call must be the channel's unique id")
    return id


def line(instruction: Instruction, *, language: str, trunk: str) -> str:
    """An instruction as the dialplan reads it.

    Args:
        language: of the number dialled; its recorded files are played.
        trunk: how a number outside is dialled, with ``{number}`` in it.
    """
    if isinstance(instruction, Dial):
        target = instruction.target
        if target.startswith("+"):
            target = trunk.replace("{number}", target)
        elif target.startswith("sip:"):
            target = f"PJSIP/trunk/{target}"
        return _fields({"do": "dial", "target": target, "timeout": str(instruction.seconds)})
    played = "&".join(prompts.files(instruction.prompt, language))
    if isinstance(instruction, Bye):
        return _fields({"do": "bye", "prompt": played})
    return _fields(
        {
            "do": "gather",
            "prompt": played,
            "max": str(instruction.most),
            "timeout": str(instruction.seconds),
        }
    )


def _fields(values: Mapping[str, str]) -> str:
    return "&".join(f"{name}={quote(value, safe='/:@+.-')}" for name, value in values.items())
