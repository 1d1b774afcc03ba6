"""Web Push: to the browsers that a person has allowed."""

import json

from django.conf import settings

from heliodesk.oncall.senders.letter import SECONDS, Gone, Letter, TryAgain, Unset

_GONE = {400, 401, 403, 404, 410, 413}
#: Seconds a push service keeps a message for a browser that is away.
_KEEP = 3600


def push(letter: Letter) -> str:
    """Show a notification in one browser; a click opens the page's own address."""
    if not settings.PUSH_KEY or not settings.PUSH_CONTACT:
        raise Unset("Set HELIODESK_PUSH_KEY and HELIODESK_PUSH_CONTACT.")
    import requests  # loaded when first needed: together they are large
    from pywebpush import WebPushException, webpush

    try:
        subscription = json.loads(letter.address)
        answer = webpush(
            subscription,
            data=json.dumps(shown(letter)),
            vapid_private_key=settings.PUSH_KEY,
            vapid_claims={"sub": f"mailto:{settings.PUSH_CONTACT}"},
            timeout=SECONDS,
            ttl=_KEEP,
            headers={"Urgency": "high"},
        )
    except WebPushException as error:
        status = getattr(error.response, "status_code", 0)
        if status in _GONE:
            raise Gone(f"The push service answered {status}.") from error
        raise TryAgain(str(error)[:200]) from error
    except requests.RequestException as error:
        raise TryAgain(f"{type(error).__name__}: {error}"[:200]) from error
    except (ValueError, KeyError, TypeError) as error:
        raise Gone(f"This subscription cannot be read: {error}") from error
    return "" if isinstance(answer, str) else answer.headers.get("location", "")[:200]


def shown(letter: Letter) -> dict[str, str]:
    """What the browser shows."""
    path = f"/page/{letter.token}" if letter.asks else "/on-call/"
    return {
        "title": letter.subject,
        "body": letter.text.partition("\n")[0],
        "url": f"{settings.BASE_URL}{path}",
        "tag": letter.key.partition(":")[0],
    }
