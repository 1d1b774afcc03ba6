"""What a message must be like to be taken in, seen from its bytes alone."""

from heliodesk.channels.smtp.limits import Limits

_END_OF_HEADER = (b"\r\n\r\n", b"\n\n")


def refusal(raw: bytes, limits: Limits) -> str | None:
    """The reply to a message that is not taken, or none when it is."""
    header = _header(raw, limits.header_bytes)
    if header is None:
        return "552 5.3.4 The header of this message is too large"
    if _hops(header) > limits.received_headers:
        return "554 5.4.6 Too many hops: this message goes in a circle"
    if len(raw) > limits.line_bytes and _longest_line(raw) > limits.line_bytes:
        return "552 5.6.0 A line of this message is too long"
    return None


def _header(raw: bytes, longest: int) -> bytes | None:
    """The header of a message, or none if it does not end within the limit."""
    if len(raw) <= longest:
        end = raw.find(_END_OF_HEADER[0])
        return raw if end < 0 else raw[:end]
    ends = [raw.find(mark, 0, longest) for mark in _END_OF_HEADER]
    found = [end for end in ends if end >= 0]
    return raw[: min(found)] if found else None


def _hops(header: bytes) -> int:
    folded = header.lower()
    return folded.count(b"\nreceived:") + folded.startswith(b"received:")


def _longest_line(raw: bytes) -> int:
    return max(map(len, raw.split(b"\n")))
