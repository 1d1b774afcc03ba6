"""The words of macros: text with variables. Pure."""

import re
from collections.abc import Mapping

#: What a text may name, with a sample for the preview.
VARIABLES: Mapping[str, str] = {
    "contact": "Priya Raman",
    "first_name": "Priya",
    "account": "Brass & Foundry Ltd",
    "reference": "1000 0017",
    "title": "The web console is slow",
    "package": "gold",
    "agent": "Sam Okafor",
}
_VARIABLE = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")


def unknown(text: str) -> list[str]:
    """Names in double braces that stand for nothing."""
    return [name for name in _VARIABLE.findall(text) if name not in VARIABLES]


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its variables filled in; what is not known stays empty."""
    return _VARIABLE.sub(lambda found: values.get(found[1], ""), text)
