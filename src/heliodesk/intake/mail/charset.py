"""Turn bytes into text under the charset a mail declares, however it misspells it."""

import codecs
import re
import unicodedata
from functools import lru_cache

from heliodesk.intake.mail import limits

_ALIASES = {
    "latin-9": "iso8859-15",
    "ansi": "cp1252",
    "ascii": "utf-8",
    "ansi_x3.4-1968": "utf-8",
    "646": "utf-8",
    "us-ascii": "utf-8",
    "usascii": "utf-8",
    "us": "utf-8",
    "7bit": "utf-8",
    "8bit": "utf-8",
    "binary": "utf-8",
    "big5": "big5hkscs",
    "big-5": "big5hkscs",
    "cn-big5": "big5hkscs",
    "x-x-big5": "big5hkscs",
    "euc-kr": "cp949",
    "euckr": "cp949",
    "ks_c_5601": "cp949",
    "ks_c_5601-1987": "cp949",
    "ks_c_5601-1989": "cp949",
    "ksc5601": "cp949",
    "ksc_5601": "cp949",
    "windows-949": "cp949",
    "x-windows-949": "cp949",
    "gb2312": "gb18030",
    "gb_2312-80": "gb18030",
    "gbk": "gb18030",
    "cp936": "gb18030",
    "ms936": "gb18030",
    "x-gbk": "gb18030",
    "chinese": "gb18030",
    "cn-gb": "gb18030",
    "euc-cn": "gb18030",
    "csgb2312": "gb18030",
    "iso-gb2312": "gb18030",
    "gb-2312": "gb18030",
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "iso_8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "l1": "cp1252",
    "x-ansi": "cp1252",
    "windows-1252": "cp1252",
    "x-cp1252": "cp1252",
    "cswindows1252": "cp1252",
    "iso-8859-8-i": "iso8859-8",
    "iso-8859-8-e": "iso8859-8",
    "iso-8859-6-i": "iso8859-6",
    "iso-8859-9": "cp1254",
    "iso-8859-11": "cp874",
    "tis-620": "cp874",
    "windows-874": "cp874",
    "dos-874": "cp874",
    "iso-2022-jp": "iso2022_jp_ext",
    "csiso2022jp": "iso2022_jp_ext",
    "cp50220": "iso2022_jp_ext",
    "cp50221": "iso2022_jp_ext",
    "x-iso-2022-jp": "iso2022_jp_ext",
    "iso-2022-jp-ms": "iso2022_jp_ext",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "x-sjis": "cp932",
    "ms_kanji": "cp932",
    "windows-31j": "cp932",
    "cswindows31j": "cp932",
    "x-ms-cp932": "cp932",
    "x-euc-jp": "euc_jp",
    "x-mac-roman": "mac_roman",
    "x-mac-cyrillic": "mac_cyrillic",
    "x-mac-japanese": "cp932",
    "x-mac-ce": "mac_latin2",
    "macintosh": "mac_roman",
    "apple-roman": "mac_roman",
    "koi8": "koi8-r",
    "koi": "koi8-r",
    "koi8-ru": "koi8-u",
    "visual": "iso8859-8",
    "logical": "iso8859-8",
    "unicode-1-1-utf-7": "utf-7",
    "x-unicode-2-0-utf-7": "utf-7",
    "csunicode11utf7": "utf-7",
    "unicode-1-1-utf-8": "utf-8",
    "utf8mb4": "utf-8",
    "utf_8": "utf-8",
    "unicode": "utf-16",
    "ucs-2": "utf-16",
    "iso-10646-ucs-2": "utf-16",
    "arabic": "iso8859-6",
    "greek": "iso8859-7",
    "hebrew": "iso8859-8",
    "cyrillic": "iso8859-5",
}
_NOT_TEXT = {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"}
_MEANINGLESS = ("unknown", "x-unknown", "default", "x-user-defined", "none", "auto", "charset")
_LETTERED = re.compile(r"(?:windows|cp|ibm|msdos|dos)[-_ ]?(\d{3,5})")
_DASHED_ISO = re.compile(r"(?:x-)?iso[-_ ]?8859[-_ ]?(\d{1,2})")
_JOINERS = "\u200c\u200d"
_CONTROLS = dict.fromkeys([*range(9), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F])
_NUL_OR_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_META = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{2,40})""", re.I)


@lru_cache(maxsize=512)
def codec(label: str) -> str | None:
    """The Python codec meant by a charset label of a mail, or None when it names no text codec."""
    name = label.strip().strip("\"'<>").split("*")[0].split(";")[0].strip().lower()
    if not name or name.startswith(_MEANINGLESS) or len(name) > 60:
        return None
    for candidate in (_ALIASES.get(name), _by_number(name), name, name.removeprefix("x-")):
        if candidate and (found := _lookup(candidate)):
            return found
    return None


def _by_number(name: str) -> str | None:
    if found := _DASHED_ISO.match(name):
        dashed = f"iso-8859-{found[1]}"
        return _ALIASES.get(dashed, dashed)
    if found := _LETTERED.match(name):
        return "cp" + {"936": "936", "932": "932"}.get(found[1], found[1])
    if name.startswith("utf") and "8" in name:
        return "utf-8"
    return None


def _lookup(name: str) -> str | None:
    try:
        info = codecs.lookup(name)
    except (LookupError, ValueError):
        return None
    if info.name in _NOT_TEXT or not getattr(info, "_is_text_encoding", True):
        return None
    return _ALIASES.get(info.name, info.name)


def decode(data: bytes, *labels: str | None) -> str:
    """Text of ``data`` under the first label that fits, else UTF-8, else the likeliest guess."""
    if data.isascii() and not _escapes(data, labels):
        return data.decode("ascii")
    if data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        labels = ("utf-8-sig" if data[0] == 0xEF else "utf-16", *labels)
    names = [found for label in labels if label and (found := codec(label))]
    for name in [*names, "utf-8"]:
        if (text := _strict(data, name)) is not None:
            return text
    return _repaired(data, names)


def _escapes(data: bytes, labels: tuple[str | None, ...]) -> bool:
    """Whether seven-bit data needs a decoder all the same (ISO-2022, UTF-7, UTF-16)."""
    if b"\x1b" in data or b"\x00" in data or b"~{" in data:
        return True
    return b"+" in data and any(label and "7" in label for label in labels)


def _strict(data: bytes, name: str) -> str | None:
    try:
        return _text(data, name, "strict")
    except (UnicodeError, ValueError, LookupError):
        pass
    if name == "iso2022_jp_ext":
        return _japanese(data)
    if name == "cp1252":
        return data.decode("latin-1")
    return None


def _text(data: bytes, name: str, errors: str) -> str:
    """``data`` in one codec; UTF-7 can spell half a character, which nothing could store."""
    text = data.decode(name, errors)
    return text if name != "utf-7" else text.encode("utf-16", "replace").decode("utf-16")


def _japanese(data: bytes) -> str | None:
    for name in ("iso2022_jp_3", "iso2022_jp_2004", "iso2022_jp_2"):
        try:
            return data.decode(name)
        except UnicodeError:
            continue
    return None if not data.isascii() else data.decode("iso2022_jp_ext", "replace")


def _repaired(data: bytes, names: list[str]) -> str:
    """Every declared charset failed: keep the nearly right one, or guess, or fall to Latin."""
    high = sum(byte > 0x7F for byte in data[: limits.GUESS_BYTES])
    for name in [*names, "utf-8"]:
        text = _text(data, name, "replace")
        if text.count("�") * 12 <= high:
            return text
    if high >= 12 and (guess := _guess(data)):
        return _text(data, guess, "replace")
    return _text(data, names[0] if names and names[0] != "utf-8" else "cp1252", "replace")


def _guess(data: bytes) -> str | None:
    from charset_normalizer import from_bytes  # costly to import, and seldom needed

    best = from_bytes(data[: limits.GUESS_BYTES]).best()
    return codec(best.encoding) if best else None


def from_meta(data: bytes) -> str | None:
    """The charset that an HTML page names for itself in its first 2 kB."""
    found = _META.search(data, 0, 2048)
    return found[1].decode("ascii", "replace") if found else None


def clean(text: str) -> str:
    """``text`` with line ends as LF and without NUL and other control characters."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.translate(_CONTROLS) if _NUL_OR_CONTROL.search(text) else text


def one_line(text: str) -> str:
    """``text`` on one line: line breaks and controls become single spaces (no header injection)."""
    if not text.isprintable():
        text = " ".join("".join(map(_printable, text)).split())
    return text.strip()


def _printable(char: str) -> str:
    """The character itself, nothing for a direction or format mark, else a space."""
    if char.isprintable() or char in _JOINERS:
        return char
    kind = unicodedata.category(char)
    return "" if kind == "Cf" else char if kind in ("Cn", "Co") else " "
