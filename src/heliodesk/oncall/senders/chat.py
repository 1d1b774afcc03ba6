"""Chat and a hundred other services, by the addresses that apprise knows (``slack://…``)."""

from typing import Any

from django.conf import settings

from heliodesk.oncall.senders.letter import SECONDS, Gone, Letter, TryAgain

#: Services that would run programs or write files here.
_REFUSED = ("file:", "syslog:", "dbus:", "gnome:", "macosx:", "windows:", "kde:", "glib:", "qt:")


def _apprise() -> Any:
    """The library, loaded when it is first needed: it is large, and most desks chat elsewhere."""
    import apprise

    return apprise


def readable(address: str) -> bool:
    """Whether apprise knows such an address, and it leads out of this machine."""
    if address.strip().lower().startswith(_REFUSED):
        return False
    return bool(_apprise().Apprise().add(address))


def chat(letter: Letter) -> str:
    """Post to one service."""
    return post(letter.address, letter)


def sms(letter: Letter) -> str:
    """A text message by a provider that apprise knows, named in ``HELIODESK_PAGING_SMS``."""
    return post(settings.PAGING_SMS.replace("{number}", letter.address.lstrip("+")), letter)


def post(address: str, letter: Letter) -> str:
    """Hand a letter to the service at this address.

    Raises:
        Gone: no service is known by it.
        TryAgain: the service did not take it.
    """
    if not readable(address):
        raise Gone("No service is known by this address.")
    apprise = _apprise()
    desk = apprise.Apprise(asset=apprise.AppriseAsset(app_id="Heliodesk", async_mode=False))
    desk.add(address)
    try:
        taken = desk.notify(body=letter.text, title=letter.subject, timeout=SECONDS)
    except Exception as error:
        raise TryAgain(f"{type(error).__name__}: {error}"[:200]) from error
    if not taken:
        raise TryAgain("The service did not take it.")
    return ""
