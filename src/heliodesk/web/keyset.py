"""Where the next page of a list begins, as it stands in an address."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICRO = timedelta(microseconds=1)


def write(key: tuple[object, ...]) -> str:
    """A sort key as one word: numbers, and times in microseconds."""
    return "~".join(
        str((part - _EPOCH) // _MICRO) if isinstance(part, datetime) else str(part) for part in key
    )


def read(word: str, like: tuple[type, ...]) -> tuple[object, ...] | None:
    """The sort key of such a word, or none when it is not one of these types."""
    parts = word.split("~")
    if len(parts) != len(like):
        return None
    try:
        return tuple(
            _EPOCH + int(part) * _MICRO if kind is datetime else int(part)
            for part, kind in zip(parts, like, strict=True)
        )
    except (ValueError, OverflowError):
        return None


def address(path: str, **query: str) -> str:
    """A path with those parts of a query that are not empty."""
    given = {name: value for name, value in query.items() if value}
    return f"{path}?{urlencode(given)}" if given else path
