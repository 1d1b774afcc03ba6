"""Public holidays as rows, year by year, taken from the ``holidays`` library as data only."""

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

_ESTIMATED = re.compile(r"\s*\(estimated\)|,\s*estimated(?=\))")


class UnknownHolidays(ValueError):
    """A country or subdivision the holiday source does not know."""


@dataclass(frozen=True, slots=True, order=True)
class Holiday:
    """One closed date. ``expected`` marks a day whose date still hangs on the moon."""

    day: date
    name: str
    expected: bool = False


def supports(country: str, subdivision: str | None) -> str:
    """An empty text if the source knows the place, else what is wrong with it."""
    from holidays.utils import list_supported_countries  # slow to import, seldom needed

    places = list_supported_countries()
    if country not in places:
        return f"no public holidays are known for country {country!r}"
    if subdivision and subdivision not in places[country]:
        return f"country {country} has no subdivision {subdivision!r}"
    return ""


@lru_cache(maxsize=512)
def holidays_of(country: str, subdivision: str | None, year: int) -> tuple[Holiday, ...]:
    """The public holidays of a place in a year, by date; both a day and its substitute."""
    from holidays.utils import country_holidays  # slow to import, seldom needed

    try:
        found = country_holidays(
            country, subdiv=subdivision, years=[year], expand=False, language="en_US"
        )
    except NotImplementedError as error:
        raise UnknownHolidays(str(error)) from error
    rows = [
        Holiday(day, _ESTIMATED.sub("", name), "estimated" in name) for day, name in found.items()
    ]
    return tuple(sorted(rows))
