"""The same sentences for the ear: what a caller is told, ready for text to speech.

Times leave out the year and the zone's letters, references and numbers come digit by digit,
addresses in words. Which sentence is said is the decision's; no word of it is written here.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from heliodesk.entitlements.decision import Decision
from heliodesk.entitlements.pack.model import Region
from heliodesk.entitlements.policy import Policy
from heliodesk.entitlements.wording import Manner, shown_number, tell

_UNNAMED = "the reference that we send you"


def say(decision: Decision, policy: Policy, *, reference: str = "") -> str:
    """What the caller hears; empty where nothing is said.

    Args:
        reference: of the case, as it is stored; without one the caller hears that it follows.
    """
    heard = digits(reference) if reference else _UNNAMED
    return tell(decision, policy, reference=heard, manner=SPOKEN)


def digits(text: str) -> str:
    """A reference or number one character at a time, in groups of four: ``4 8 1 2, 0 9 9 0``."""
    plain = "".join(text.split())
    return ", ".join(" ".join(plain[i : i + 4]) for i in range(0, len(plain), 4))


def time(at: datetime, region: Region) -> str:
    """``10:15 on Tuesday 3 March, London time``."""
    local = at.astimezone(ZoneInfo(region.zone))
    return f"{local:%H:%M on %A} {local.day} {local:%B}, {region.place} time"


def numbers(region: Region, as_source: bool = False) -> str:  # noqa: FBT001, FBT002 (templates call it by place)
    """The numbers to call, group by group, those for the country alone marked."""
    heard = []
    for number in region.numbers:
        written = number.source if as_source else shown_number(number)
        groups = written.replace("(0)", "").replace("+", "plus ").replace("-", " ").split()
        said = ", ".join(g if g == "plus" else " ".join(g) for g in groups)
        said = said.replace("plus, ", "plus ")
        heard.append(f"{said}, only inside the country" if number.national_only else said)
    return ", or ".join(heard)


def address(mail: str) -> str:
    """``support at example dot com``."""
    return mail.replace("@", " at ").replace(".", " dot ").replace("-", " dash ")


def priority(code: str, label: str) -> str:
    """``1, Critical``: the text before it says the word priority."""
    return f"{code.removeprefix('P')}, {label}"


SPOKEN = Manner(time=time, number=numbers, address=address, priority=priority)
