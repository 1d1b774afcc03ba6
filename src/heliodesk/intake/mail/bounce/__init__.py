"""Read a returned mail: whose address failed, how, and which message came back."""

import re
from dataclasses import dataclass

from heliodesk.intake.mail import entities, headers
from heliodesk.intake.mail.bounce import dialects, dsn
from heliodesk.intake.mail.entities import Tree
from heliodesk.intake.mail.headers import Headers

_ENCLOSED = {"message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers"}
_ADDRESS = re.compile(
    r"(?<![^\s<>\"'(),;:\[\]=@])[^\s<>\"'(),;:\[\]=@]++@[^\s<>\"'(),;:\[\]@]{1,250}\.[^\s<>\"'(),;:\[\]@]+"
)
_NAMED = re.compile(
    r"(?:rcpt to:|recipients?:|delivered to:|deliver\w* (?:message |mail )?to:?|address:|"
    r"unknown user:|allowed size:|userid:|attempts:|affected:|failed:?|errors:|reached:|following)"
    r"[^@]{0,160}?<?([^\s<>\"'(),;:\[\]=@]{1,128}@[^\s<>\"'(),;:\[\]]{1,250})",
    re.I,
)
_ALONE = re.compile(
    r"^[ \t*>\"<]*+([^\s<>\"'(),;:\[\]=@]++@[^\s<>\"'(),;:\[\]]+\.\w+)[>\":]*(?:[ \t]|$)", re.M
)
_ID_LINE = re.compile(r"^[ \t>]*Message-ID:[ \t]*(?:\n[ \t]+)?<([^<>\s]+)>", re.I | re.M)
_TEXT_CHARS = 8_000
_SAID_CHARS = 300
_WRAPPED_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Bounce:
    """A returned mail. ``kind`` is ``failed`` or ``delayed``; ``status`` is RFC 3463 or empty."""

    kind: str
    recipients: tuple[str, ...] = ()
    status: str = ""
    reason: str = ""
    message_id: str = ""

    @property
    def recipient(self) -> str:
        """The first failed address, or empty."""
        return self.recipients[0] if self.recipients else ""


def find(
    tree: Tree, fields: Headers, subject: str, sender: str, name: str, text: str
) -> Bounce | None:
    """The bounce a message is, or None. Ordinary mail is told apart by a few cheap looks."""
    root = tree.root.kind
    if root == "multipart/report" and tree.root.params.get("report-type", "").lower() in (
        "disposition-notification",
        "feedback-report",
    ):
        return None
    if root.startswith("multipart/") and (found := dsn.verdicts(tree)):
        return _from_verdicts(found, tree, fields, text)
    titled = bool(dialects.SUBJECT.match(subject))
    if not _suspect(tree, fields, sender, name, titled=titled):
        return None
    report, original = _split(text)
    if "x-failed-recipients" in fields or _is_return(
        tree, fields, report, sender, name, titled=titled, enclosed=bool(original)
    ):
        if found := dsn.in_text(report) or _wrapped(tree):
            return _from_verdicts(found, tree, fields, text)
        return _from_words(tree, fields, subject, report, original)
    return None


def _wrapped(tree: Tree) -> list[dsn.Verdict]:
    """The verdicts of a notification that another server wrapped in its own."""
    for leaf in tree.root.leaves():
        if leaf.kind == "message/rfc822":
            data = leaf.data[:_WRAPPED_BYTES]
            if b"message/delivery-status" in data:
                return dsn.verdicts(entities.read(headers.strip_envelope(data)))
    return []


def _suspect(tree: Tree, fields: Headers, sender: str, name: str, *, titled: bool) -> bool:
    if titled or "x-failed-recipients" in fields or tree.root.kind == "multipart/report":
        return True
    if "return-path" in fields and _null(fields):
        return True
    return bool(dialects.MACHINE.match(sender) or (name and dialects.NAMES.search(name))) or (
        any(leaf.kind in _ENCLOSED for leaf in tree.root.leaves())
        and bool(dialects.QUIET.match(sender))
    )


def _null(fields: Headers) -> bool:
    path = fields.raw("return-path")
    return path in ("<>", "") or bool(dialects.DAEMON.search(path))


def _split(text: str) -> tuple[str, str]:
    """What the server wrote, and what of the returned mail follows it."""
    found = dialects.ORIGINAL.search(text)
    if found and "\n" in text[: found.start()].strip("\n") + "\n":
        return text[: found.start()][:_TEXT_CHARS], text[found.end() :][:_TEXT_CHARS]
    return text[:_TEXT_CHARS], ""


def _is_return(
    tree: Tree,
    fields: Headers,
    report: str,
    sender: str,
    name: str,
    *,
    titled: bool,
    enclosed: bool,
) -> bool:
    """Machine signs and words of failure together; either alone may be a person's mail."""
    opening = bool(dialects.OPENING.match(report.lstrip()[:200]))
    daemon = bool(dialects.DAEMON.search(sender) or dialects.NAMES.search(name))
    enclosed = enclosed or any(leaf.kind in _ENCLOSED for leaf in tree.root.leaves())
    machine = daemon or opening or bool(dialects.MACHINE.match(sender))
    null = "return-path" in fields and _null(fields)
    if not (machine or null or (enclosed and dialects.QUIET.match(sender))):
        return False
    phrase = bool(dialects.PHRASE.search(report))
    said = bool(dialects.SERVER_SAID.search(report))
    report_type = tree.root.kind == "multipart/report"
    points = sum((titled, phrase, said, enclosed, opening, daemon, report_type))
    return points >= 2 and (titled or phrase or opening)


def _from_verdicts(
    found: list[dsn.Verdict], tree: Tree, fields: Headers, text: str
) -> Bounce | None:
    bad = [item for item in found if item.action not in ("delivered", "relayed", "expanded")]
    failed = [item for item in bad if item.action != "delayed"]
    chosen = failed or bad
    if not chosen:
        return None
    report, original = _split(text)
    first = next((item for item in chosen if item.status), chosen[0])
    people = [item.recipient for item in chosen if item.recipient]
    return Bounce(
        kind="failed" if failed else "delayed",
        recipients=tuple(dict.fromkeys(people)) or _people(fields, report, tree),
        status=first.status or dsn.said(report),
        reason=first.reason[:_SAID_CHARS],
        message_id=_returned_id(tree, fields, original),
    )


def _from_words(tree: Tree, fields: Headers, subject: str, report: str, original: str) -> Bounce:
    words = f"{subject}\n{report}"
    delayed = bool(dialects.DELAYED.search(words)) and not dialects.FATAL.search(words)
    said = dialects.SERVER_SAID.search(report)
    line_start = report.rfind("\n", 0, said.start() + 1) + 1 if said else 0
    return Bounce(
        kind="delayed" if delayed else "failed",
        recipients=_people(fields, report, tree),
        status=dsn.said(report),
        reason=" ".join(report[line_start : line_start + _SAID_CHARS].split()) if said else "",
        message_id=_returned_id(tree, fields, original),
    )


def _people(fields: Headers, report: str, tree: Tree) -> tuple[str, ...]:
    """The failed addresses: by header, by the words before them, alone on a line, or To."""
    if "x-failed-recipients" in fields:
        found = _ADDRESS.findall(fields.text("x-failed-recipients"))
    else:
        found = _ALONE.findall(report) or [m[1] for m in _NAMED.finditer(report)]
    if not found and (inner := _enclosed(tree)) is not None:
        found = _ADDRESS.findall(inner.text("to"))[:1]
    return tuple(dict.fromkeys(item.strip(".").lower() for item in found[:50]))


def _enclosed(tree: Tree) -> Headers | None:
    """Header fields of the mail that came back with the report."""
    for leaf in tree.root.leaves():
        if leaf.kind in _ENCLOSED:
            data = headers.strip_envelope(leaf.data[:200_000])
            return headers.parse(headers.split(data, 0, len(data))[0])
    return None


def _returned_id(tree: Tree, fields: Headers, original: str) -> str:
    if (inner := _enclosed(tree)) is not None and (ids := inner.ids("message-id")):
        return ids[0]
    if found := _ID_LINE.search(original):
        return found[1]
    known = [*fields.ids("in-reply-to"), *fields.ids("references")]
    return known[-1] if known else ""


__all__ = ["Bounce", "find"]
