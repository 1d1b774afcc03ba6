"""Numbered mails of customers and strangers, and what became of each on the desk."""

import random
from collections import Counter, defaultdict
from collections.abc import Iterable
from email.message import EmailMessage

from tests.scenarios.running import RunningDesk
from tests.scenarios.world import CUSTOMERS, DESK, account_id, address

#: Of ten mails: three answer an earlier one, one is a stranger's, one carries a file.
_REPLIES, _STRANGERS, _FILES = {3, 6, 9}, {5}, {7}


def numbered(tag: str, number: int) -> EmailMessage:
    """The mail of this number: always the same bytes, so that sending it again is a repetition."""
    kind, mail = number % 10, EmailMessage()
    customer = number // 10 % CUSTOMERS
    sender = f"stranger{number}@unknown.example" if kind in _STRANGERS else address(customer)
    mail["From"], mail["To"] = sender, DESK
    mail["Message-ID"] = message_id(tag, number)
    if kind in _REPLIES:
        mail["Subject"] = f"Re: {tag} {number - kind}"
        mail["In-Reply-To"] = mail["References"] = message_id(tag, number - kind)
    else:
        mail["Subject"] = f"({account_id(customer)}) {tag} {number}"
    mail.set_content(f"Mail {number} of {tag}.\n\nPlease have a look.\n")
    if kind in _FILES:
        noise = random.Random(number).randbytes(20_000)
        mail.add_attachment(noise, maintype="application", subtype="x", filename="a.bin")
    return mail


def message_id(tag: str, number: int) -> str:
    """The Message-ID of a numbered mail."""
    return f"<{tag}.{number}@customer.example>"


_PLACES = """
select i.number::int, i.state, i.error, m.id, h.held_id
  from (select *, substring(encode(substring(raw from 1 for 1000), 'escape')
                            from %s) as number from channels_inbound) i
  left join cases_message m on m.inbound_id = i.id
  left join intake_heldmessage h on h.inbound_id = i.id
 where i.number is not null
"""


def places(desk: RunningDesk, tag: str) -> dict[int, list[str]]:
    """Where each numbered mail is: ``case``, ``held``, or ``dropped: why``; copies left out."""
    found: dict[int, list[str]] = defaultdict(list)
    for number, state, error, message, held in desk.rows(
        _PLACES, f"Message-ID: <{tag}[.]([0-9]+)@customer.example>"
    ):
        if state == "duplicate":
            assert message is None and held is None
        elif state == "dropped":
            assert error, f"{number} was dropped without a reason"
            found[number].append(f"dropped: {error}")
        else:
            assert (message is None) != (held is None), (number, state, message, held)
            found[number].append("case" if message else "held")
    return found


def assert_each_once(desk: RunningDesk, tag: str, numbers: Iterable[int]) -> Counter[str]:
    """Every acknowledged mail is in exactly one place; how many are where."""
    assert desk.waiting() == 0
    found = places(desk, tag)
    lost = [number for number in numbers if not found.get(number)]
    doubled = {number: where for number, where in found.items() if len(where) > 1}
    assert (lost, doubled) == ([], {}), (lost, doubled, desk.said[-2000:])
    answers = desk.rows("select key from channels_outbound")
    assert len(answers) == len({key for (key,) in answers})
    return Counter(where for places_ in found.values() for where in places_)
