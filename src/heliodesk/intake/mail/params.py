"""Read MIME parameters: RFC 2045, RFC 2231 and the encoded words that should not be there."""

import re
from urllib.parse import unquote_to_bytes

from heliodesk.intake.mail import charset

_PAIR = re.compile(
    r"""(?<![^\s=;"])([^\s=;"]++)\s*+=\s*(?:"((?:[^"\\]|\\.)*+)"?|'([^';]*+)'(?=\s*(?:;|$))|([^;]*))""",
    re.S,
)
"""A name begins only where none is under way, so that no run of signs is read twice."""
_TYPE = re.compile(r"\s*[\"']?([\w!#$&^.+-]+)\s*/\s*([\w!#$&^.+*-]+)")
_SIMPLE = re.compile(
    r'\s*([\w.+-]++/[\w.+-]++)\s*+(?:;\s*+charset\s*+=\s*+"?([\w.:-]++)"?\s*+)?;?\s*'
)
_PIECE = re.compile(r"([^*]+)\*(\d{1,3})?(\*)?$")
_ESCAPED = re.compile(r'\\(["\\])')
_CHARSET = re.compile(r"charset\s*[=:]\s*[\"']?([\w.:-]+)", re.I)


def content_type(value: str, default: str = "text/plain") -> tuple[str, dict[str, str]]:
    """Media type in small letters and its parameters, for whatever a Content-Type field holds."""
    if not value:
        return default, {}
    if found := _SIMPLE.fullmatch(value):
        return found[1].lower(), {"charset": found[2]} if found[2] else {}
    typed = _TYPE.match(value)
    kind = f"{typed[1]}/{typed[2]}".lower() if typed else _nameless(value, default)
    rest = value[typed.end() :] if typed else value.partition(";")[2]
    found_params = pairs(rest)
    if "charset" not in found_params and (loose := _CHARSET.search(rest)):
        found_params["charset"] = loose[1]
    return kind, found_params


def _nameless(value: str, default: str) -> str:
    word = value.partition(";")[0].strip().strip("\"'/").lower()
    return {"text": "text/plain", "html": "text/html", "multipart": "multipart/mixed"}.get(
        word, default if not word or "=" in word else "application/octet-stream"
    )


def disposition(value: str) -> tuple[str, dict[str, str]]:
    """``attachment``, ``inline`` or another word, empty when none is given, and the parameters."""
    if not value:
        return "", {}
    word, _, rest = value.partition(";")
    word = word.strip().strip("\"'").lower()
    if "=" in word:
        word, rest = "", value
    elif " " in word:
        word, _, extra = word.partition(" ")
        rest = f"{value.strip()[len(word) :]}" if "=" in extra else rest
    return word, pairs(rest)


def pairs(value: str) -> dict[str, str]:
    """Parameters by name in small letters; continued and percent-coded ones put together."""
    plain: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[str, bool]]] = {}
    for found in _PAIR.finditer(value):
        name = found[1].lower()
        text = found[2] if found[2] is not None else found[3] or found[4] or ""
        text = _ESCAPED.sub(r"\1", text) if found[2] is not None else text.strip().strip("\"'")
        part = _PIECE.match(name) if "*" in name else None
        if part:
            number = int(part[2] or 0)
            coded = bool(part[3]) or part[2] is None
            pieces.setdefault(part[1], {}).setdefault(number, (text, coded))
        else:
            plain.setdefault(name, text)
    for name, numbered in pieces.items():
        if joined := _joined([numbered[key] for key in sorted(numbered)]):
            plain[name] = joined
    return plain


def _joined(pieces: list[tuple[str, bool]]) -> str:
    label, start = None, 0
    first, coded = pieces[0]
    if (coded or any(piece[1] for piece in pieces)) and first.count("'") >= 2:
        label, _, first = first.split("'", 2)
        pieces, start = [(first, True), *pieces[1:]], 1
    data = b""
    for at, (text, percent) in enumerate(pieces):
        raw = text.encode("utf-8", "surrogateescape")
        data += unquote_to_bytes(raw) if percent or (at == 0 and start) else raw
    return (
        charset.decode(data, label)
        if label or any(piece[1] for piece in pieces)
        else (data.decode("utf-8", "surrogateescape"))
    )
