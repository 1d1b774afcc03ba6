"""Attachments by their content: the name of a blob is the SHA-256 of its bytes.

The same bytes are kept once, a blob never changes, and none has an address outside: pages serve
it only after asking who may see it. Blobs live in a folder of the data folder, or in an
S3-compatible store when ``HELIODESK_BLOB_URL`` names one.
"""

import hashlib
import re
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import BinaryIO, Protocol

from django.conf import settings

from heliodesk.channels.blob_errors import NoSuchBlob, StoreTrouble
from heliodesk.channels.blob_folder import FolderStore
from heliodesk.channels.blob_s3 import S3Store

__all__ = ["NoSuchBlob", "StoreTrouble", "exists", "get", "open", "put", "put_many", "remove"]

_SHA256 = re.compile("[0-9a-f]{64}")


class Store(Protocol):
    """Where blobs are kept, under keys of the shape ``ab/cd/abcd…``."""

    def write(self, blobs: dict[str, bytes]) -> None:
        """Keep these blobs durably; those already there are left as they are."""

    def read(self, key: str) -> bytes:
        """All bytes of a blob."""

    def open(self, key: str) -> BinaryIO:
        """A blob as a file to read from."""

    def has(self, key: str) -> bool:
        """Whether the blob is there."""

    def remove(self, key: str, unless_since: datetime) -> bool:
        """Let a blob go, unless it was put again since; whether it went."""


def put(data: bytes) -> str:
    """Keep these bytes durably and return their SHA-256 in hexadecimal.

    Raises:
        StoreTrouble: the disk is full or the store cannot be reached; nothing is half-written.
    """
    return put_many([data])[0]


def put_many(datas: Sequence[bytes]) -> list[str]:
    """Keep several blobs durably and return their names, in order; raises as ``put``."""
    names = [hashlib.sha256(data).hexdigest() for data in datas]
    if names:
        blobs = {_key(name): data for name, data in zip(names, datas, strict=True)}
        _store().write(blobs)
    return names


def get(sha256: str) -> bytes:
    """The bytes of a blob.

    Raises:
        NoSuchBlob: there is none of this name.
        StoreTrouble: the store cannot be read.
    """
    return _store().read(_key(sha256))


def open(sha256: str) -> BinaryIO:
    """A blob as a file, for the caller to close; raises as ``get``."""
    return _store().open(_key(sha256))


def exists(sha256: str) -> bool:
    """Whether the blob is kept; raises ``StoreTrouble`` when the store cannot be asked."""
    return _store().has(_key(sha256))


def remove(sha256: str, *, unless_since: datetime) -> bool:
    """Let the bytes of a blob go that nothing names any more; whether they went.

    It stays when somebody put the same bytes again since: they are about to name it.
    """
    return _store().remove(_key(sha256), unless_since)


def _key(sha256: str) -> str:
    if not _SHA256.fullmatch(sha256):
        raise NoSuchBlob(f"{sha256!r} names no blob")
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"


def _store() -> Store:
    return _store_of(
        settings.BLOB_URL,
        str(settings.DATA / "blobs"),
        settings.BLOB_S3_ENDPOINT,
        settings.BLOB_S3_KEY,
        settings.BLOB_S3_SECRET,
        settings.BLOB_S3_REGION,
    )


@cache
def _store_of(url: str, folder: str, endpoint: str, key: str, secret: str, region: str) -> Store:
    if url:
        return S3Store(url, endpoint=endpoint, key=key, secret=secret, region=region)
    return FolderStore(folder)
