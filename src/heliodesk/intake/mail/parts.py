"""Choose, among the parts of a message, the body that people see and the files that came along."""

import hashlib
import re
from dataclasses import dataclass, field

from heliodesk.intake.mail import (
    charset,
    encoded,
    flowed,
    headers,
    html,
    limits,
    params,
    tnef,
    transfer,
)
from heliodesk.intake.mail.entities import Entity, Tree

_SHOWN = {"text/plain", "text/html", "text/enriched", "text/richtext"}
_UNSHOWN_ALTERNATIVES = {"text/calendar", "text/x-amp-html", "text/x-watch-html", "text/x-aol"}
_TNEF = {"application/ms-tnef", "application/vnd.ms-tnef"}
_EXTENSIONS = {
    "text/plain": "txt", "text/html": "html", "text/calendar": "ics", "text/csv": "csv",
    "text/vcard": "vcf", "text/x-vcard": "vcf", "text/directory": "vcf", "text/xml": "xml",
    "image/jpeg": "jpg", "image/jpg": "jpg", "image/pjpeg": "jpg", "image/svg+xml": "svg",
    "image/tiff": "tif", "image/x-icon": "ico", "audio/mpeg": "mp3", "video/quicktime": "mov",
    "message/rfc822": "eml", "message/global": "eml", "message/partial": "eml",
    "message/delivery-status": "txt", "message/global-delivery-status": "txt",
    "message/disposition-notification": "txt", "message/feedback-report": "txt",
    "text/rfc822-headers": "txt", "message/external-body": "txt",
    "application/pgp-signature": "asc", "application/pgp-keys": "asc",
    "application/pgp-encrypted": "asc", "application/pkcs7-mime": "p7m",
    "application/x-pkcs7-mime": "p7m", "application/pkcs7-signature": "p7s",
    "application/x-pkcs7-signature": "p7s", "application/ms-tnef": "dat",
    "application/vnd.ms-tnef": "dat", "application/msword": "doc", "application/gzip": "gz",
    "application/x-gzip": "gz", "application/x-zip-compressed": "zip",
    "application/vnd.ms-excel": "xls", "application/vnd.ms-powerpoint": "ppt",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
    "application/javascript": "js", "application/x-tar": "tar", "application/postscript": "ps",
}  # fmt: skip
_STEMS = {
    "application/pgp-signature": "signature", "application/pkcs7-signature": "smime",
    "application/x-pkcs7-signature": "smime", "application/pkcs7-mime": "smime",
    "application/x-pkcs7-mime": "smime", "message/rfc822": "message", "text/calendar": "invite",
    "application/ms-tnef": "winmail", "application/vnd.ms-tnef": "winmail",
    "message/delivery-status": "delivery-status", "text/rfc822-headers": "headers",
    "application/pgp-encrypted": "pgp-version", "application/pgp-keys": "key",
}  # fmt: skip
_PLAIN_EXTENSION = re.compile(r"[a-z0-9]{1,5}\Z")
_WINDOWS_PATH = re.compile(r"(?:^[A-Za-z]:\\|^\\\\|\.\.\\)")
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f"<>|?*\u202a-\u202e\u2066-\u2069]')
_NAME_CHARS = 180
_SUBJECT_CHARS = 80
_HEAD_BYTES = 32_768
_HTML_PAGE = re.compile(r"\s*(?:<\?xml[^>]{0,100}>\s*)?(?:<!doctype\s+html|<html[\s>])", re.I)
_MARKUP = re.compile(r"<[^<>]{1,80}>")


@dataclass(frozen=True, slots=True)
class Part:
    """A file that came with a message. ``inline`` ones are shown inside the HTML body by cid."""

    name: str
    data: bytes = field(repr=False)
    content_type: str
    charset: str | None = None
    disposition: str = ""
    content_id: str = ""
    inline: bool = False

    @property
    def size(self) -> int:
        """Bytes after the transfer encoding is undone."""
        return len(self.data)

    @property
    def sha256(self) -> str:
        """Digest of the content in hex, the key in the blob store."""
        return hashlib.sha256(self.data).hexdigest()


@dataclass(slots=True)
class Piece:
    """A stretch of the visible body, in the one or two forms it came in."""

    plain: str | None
    html: str | None


@dataclass(slots=True)
class Contents:
    """What a walk over the parts gathers."""

    parts: list[Part] = field(default_factory=list)
    signed: str | None = None
    encrypted: str | None = None
    defects: list[str] = field(default_factory=list)
    room: int = limits.TEXT_CHARS


def gather(tree: Tree) -> tuple[Contents, list[Piece]]:
    """The files, labels and visible pieces of a message."""
    contents = Contents()
    return contents, _walk(tree.root, None, 0, contents)


def _walk(entity: Entity, parent: Entity | None, at: int, into: Contents) -> list[Piece]:
    _label(entity, into)
    if not entity.children:
        return _leaf(entity, parent, at, into)
    walked = [_walk(child, entity, place, into) for place, child in enumerate(entity.children)]
    if entity.kind == "multipart/alternative":
        return _alternative(walked)
    return [piece for pieces in walked for piece in pieces]


def _label(entity: Entity, into: Contents) -> None:
    """Note what is signed or encrypted; the desk never claims to have verified it."""
    kind = entity.kind
    if kind in ("multipart/signed", "multipart/encrypted"):
        protocol = entity.params.get("protocol", "").lower()
        label = "pgp" if "pgp" in protocol else "smime"
        if kind == "multipart/encrypted":
            into.encrypted = into.encrypted or "pgp"
        else:
            into.signed = into.signed or label
    elif kind.endswith("pkcs7-mime"):
        if entity.params.get("smime-type", "").lower() == "signed-data":
            into.signed = into.signed or "smime"
        else:
            into.encrypted = into.encrypted or "smime"
    elif kind.endswith("pkcs7-signature"):
        into.signed = into.signed or "smime"


def _alternative(walked: list[list[Piece]]) -> list[Piece]:
    """One piece of the plain and the HTML form of the same words."""
    with_html = [pieces for pieces in walked if any(piece.html for piece in pieces)]
    only_plain = [pieces for pieces in walked if pieces and pieces not in with_html]
    if not with_html:
        return _distinct(only_plain)
    best = with_html[-1]
    if not only_plain:
        return best
    plain = "\n".join(piece.plain or "" for piece in _distinct(only_plain))
    page = "".join(piece.html or html.from_text(piece.plain or "") for piece in best)
    return [Piece(plain, page)]


def _distinct(groups: list[list[Piece]]) -> list[Piece]:
    seen: dict[str, Piece] = {}
    for piece in (piece for group in groups for piece in group):
        seen.setdefault((piece.plain or "").strip(), piece)
    return list(seen.values())


def _leaf(entity: Entity, parent: Entity | None, at: int, into: Contents) -> list[Piece]:
    fields = entity.headers
    word, given = params.disposition(fields.raw("content-disposition"))
    name = file_name(entity, given)
    alternative = parent is not None and parent.kind == "multipart/alternative"
    if _is_body(entity, word, name, parent, at):
        return _piece(entity, into)
    if alternative and entity.kind in _UNSHOWN_ALTERNATIVES and not name:
        return []
    return _keep(entity, word, name, into)


def _is_body(entity: Entity, word: str, name: str, parent: Entity | None, at: int) -> bool:
    if entity.kind not in _SHOWN or word == "attachment":
        return False
    if not name or parent is None:
        return True
    if parent.kind == "multipart/alternative":
        return True
    return at == 0


def _piece(entity: Entity, into: Contents) -> list[Piece]:
    data = entity.data
    declared = entity.params.get("charset")
    if entity.kind == "text/html":
        page = _bounded(charset.decode(data, declared, charset.from_meta(data)), into)
        return [Piece(None, page.replace("\x00", ""))]
    if b"\nbegin" in data or data.startswith(b"begin"):
        for _, _, name, content in transfer.uu_blocks(data):
            part = Part(safe_name(name) or "file.bin", content, "application/octet-stream")
            into.parts.append(part)
    text = charset.clean(_bounded(charset.decode(data, declared), into))
    if entity.kind == "text/plain" and _HTML_PAGE.match(text) and "</" in text:
        return [Piece(None, text)]
    if entity.kind != "text/plain":
        text = _MARKUP.sub("", text)
    elif entity.params.get("format", "").lower() == "flowed":
        text = flowed.join(text, delsp=entity.params.get("delsp", "").lower() == "yes")
    if "-----BEGIN PGP " in text:
        if "-----BEGIN PGP SIGNED MESSAGE" in text:
            into.signed = into.signed or "pgp"
        elif "-----BEGIN PGP MESSAGE" in text:
            into.encrypted = into.encrypted or "pgp"
    return [Piece(text, None)]


def _bounded(text: str, into: Contents) -> str:
    if len(text) > into.room:
        into.defects.append("text-cut")
        text = text[: into.room]
    into.room -= len(text)
    return text


def _keep(entity: Entity, word: str, name: str, into: Contents) -> list[Piece]:
    data = entity.data
    cid = entity.headers.text("content-id").strip("<> ")[:250]
    pieces: list[Piece] = []
    kind = entity.kind
    if kind in _TNEF or name.lower() == "winmail.dat":
        pieces = _unpack(data, into)
    into.parts.append(
        Part(
            name=name or made_name(kind, data, len(into.parts) + 1),
            data=data,
            content_type=kind,
            charset=charset.codec(entity.params.get("charset", "")),
            disposition=word if word.isascii() else "",
            content_id=cid,
            inline=word == "inline" or bool(cid and word != "attachment"),
        )
    )
    return pieces


def _unpack(data: bytes, into: Contents) -> list[Piece]:
    enclosed, text, page = tnef.files(data)
    for number, (name, content) in enumerate(enclosed[: limits.PARTS], start=1):
        shown = safe_name(name) or f"file-{number}.bin"
        into.parts.append(Part(shown, content, "application/octet-stream"))
    return [Piece(text or None, page or None)] if text.strip() or page.strip() else []


def file_name(entity: Entity, given: dict[str, str]) -> str:
    """Name of a part by its disposition, else by its type, made safe; empty when it has none."""
    fields = entity.headers
    raw = given.get("filename") or given.get("name") or entity.params.get("name")
    raw = raw or entity.params.get("filename")
    if not raw and "content-location" in fields and not entity.kind.startswith("text/"):
        raw = fields.raw("content-location").partition("?")[0]
    return safe_name(encoded.text(raw, fields.hint)) if raw else ""


def safe_name(name: str) -> str:
    """The last path component without control, reserved and direction-changing characters."""
    if _WINDOWS_PATH.search(name):
        name = name.rsplit("\\", 1)[-1]
    name = name.replace("\\", "").rsplit("/", 1)[-1]
    name = _FORBIDDEN.sub("", charset.one_line(name)).strip(" ")
    if name.strip(".") == "":
        return ""
    if len(name) > _NAME_CHARS:
        stem, dot, extension = name.rpartition(".")
        kept = extension[:20] if dot else ""
        name = f"{(stem or name)[: _NAME_CHARS - 21]}{dot}{kept}" if dot else name[:_NAME_CHARS]
    return name


def made_name(kind: str, data: bytes, number: int) -> str:
    """A name for a part that came without one: an enclosed mail's subject, else by its type."""
    if kind == "message/rfc822":
        block = headers.split(data, 0, min(len(data), _HEAD_BYTES))[0]
        if subject := safe_name(headers.parse(block).text("subject")[:_SUBJECT_CHARS]):
            return f"{subject}.eml"
    main, _, sub = kind.partition("/")
    extension = _EXTENSIONS.get(kind)
    if extension is None:
        plain = sub.removeprefix("x-")
        extension = plain if _PLAIN_EXTENSION.match(plain) and plain != "octet" else "bin"
    stem = _STEMS.get(kind) or {"application": "file"}.get(main, main)
    return f"{stem}-{number}.{extension}"
