"""The doctor behind ``heliodesk check``: looks at a desk and says what is wrong and what to do.

A check is a function without arguments that yields findings; the table names them all in order.
"""

from collections.abc import Iterator
from importlib import import_module

from heliodesk.config.doctor.finding import Finding, Level, wrong
from heliodesk.config.environment import BadSetting

#: Area -> the function that looks at it. Add a check of another room by a line here.
CHECKS = {
    "settings": "heliodesk.config.doctor.settings:look",
    "variables": "heliodesk.config.doctor.variables:look",
    "data folder": "heliodesk.config.doctor.machine:look",
    "database": "heliodesk.config.doctor.database:look",
    "mail in": "heliodesk.config.doctor.mail:look_in",
    "mail out": "heliodesk.config.doctor.mail:look_out",
    "policy": "heliodesk.config.doctor.policy:look",
    "pages": "heliodesk.config.doctor.pages:look",
}


def examine() -> Iterator[tuple[str, list[Finding]]]:
    """Run all checks; each area with what was found there, nothing where all is well."""
    for area, place in CHECKS.items():
        module, _, name = place.partition(":")
        try:
            found = list(getattr(import_module(module), name)())
        except BadSetting as error:
            found = [wrong(str(error), "Correct this first, then check again.")]
        except Exception as error:
            found = [wrong(f"The check itself failed: {error}", "Report this with the text above.")]
        yield area, found


__all__ = ["CHECKS", "Finding", "Level", "examine"]
