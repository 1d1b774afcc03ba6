"""Mail in by IMAP: fetched, made durable, and only then moved or marked as seen."""

from heliodesk.channels.imap.watching import run

__all__ = ["run"]
