"""The company name that a mail should state, against the account's (R44, C32)."""

import re

_LINE = re.compile(
    r"^[ \t>*]*company(?:[ \t]+name)?[ \t*]*[:=][ \t]*(\S[^\n]{0,150})$", re.I | re.M
)
_LEGAL = re.compile(
    r"\b(?:ltd|limited|inc|incorporated|llc|llp|plc|gmbh|ag|kg|sa|sas|sarl|bv|nv|pty|co|corp|corporation"
    r"|company|group|holdings?|the)\b\.?",
    re.I,
)
_MOST = 20_000


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", _LEGAL.sub("", name.casefold()))


def _beginning(name: str) -> str:
    """The first letters of a name's first word, which stand together however it is spaced."""
    return re.split(r"[\W_]+", _LEGAL.sub("", name.casefold()).strip(" .,-\"'("))[0][:3]


def company_flag(text: str, account_name: str) -> str | None:
    """``company_mismatch`` or ``company_missing`` when the name does not hold; never a refusal."""
    wanted = _plain(account_name)
    if not wanted:
        return None
    text = text[:_MOST]
    stated = _LINE.search(text)
    if stated:
        given = _plain(stated.group(1))
        return None if wanted in given or (given and given in wanted) else "company_mismatch"
    # Most mails do not name the company; the beginning of a name is found missing at no cost.
    if _beginning(account_name) not in text.casefold():
        return "company_missing"
    return None if wanted in _plain(text) else "company_missing"
