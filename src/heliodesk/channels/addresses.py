"""Which mailbox an address belongs to."""

from collections.abc import Iterable

_POSTMASTER = "postmaster"


class Addresses:
    """The addresses of all mailboxes, for look-up by what a peer wrote.

    ``local+anything@domain`` belongs to ``local@domain``. ``postmaster`` of a domain of ours is
    taken by that domain's first mailbox, and without a domain by the first of all, since RFC 5321
    (4.5.1) asks for both.
    """

    def __init__(self, mailboxes: Iterable[tuple[int, str, Iterable[str]]]) -> None:
        self._known: dict[str, int] = {}
        for number, address, aliases in mailboxes:
            for named in (address, *aliases):
                self._known.setdefault(folded(named), number)
        for known, number in list(self._known.items()):
            self._known.setdefault(f"postmaster@{known.rpartition('@')[2]}", number)
            self._known.setdefault(_POSTMASTER, number)

    def __len__(self) -> int:
        return len(self._known)

    def mailbox(self, address: str) -> int | None:
        """The mailbox that an address delivers to, or none if it is not ours."""
        local, at, domain = folded(address).rpartition("@")
        if not at and domain == _POSTMASTER:
            return self._known.get(_POSTMASTER)
        while at:
            number = self._known.get(f"{local}@{domain}")
            if number is not None:
                return number
            local, at, _ = local.rpartition("+")
        return None


def folded(address: str) -> str:
    """An address as it is compared: lower case, the domain in its ASCII form."""
    address = address.strip().lower()
    if address.isascii():
        return address
    local, _, domain = address.rpartition("@")
    try:
        return f"{local}@{domain.encode('idna').decode()}"
    except UnicodeError:
        return address
