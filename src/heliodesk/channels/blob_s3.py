"""Blobs in an S3-compatible store."""

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, BinaryIO, TypeVar

import obstore
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import S3Store as Bucket

from heliodesk.channels.blob_errors import NoSuchBlob, StoreTrouble

if TYPE_CHECKING:
    from obstore.store import S3Config

_AT_ONCE = 8
#: An object put less long ago is not put again.
_FRESH = timedelta(hours=12)
_CONNECT_WITHIN = timedelta(seconds=5)
_ANSWER_WITHIN = timedelta(seconds=60)
_RETRY_WITHIN = timedelta(seconds=10)
T = TypeVar("T")


class S3Store:
    """Objects named ``prefix/ab/cd/…`` of one bucket.

    Without ``key`` the environment's own credentials are used (instance role, profile).
    """

    def __init__(self, url: str, *, endpoint: str, key: str, secret: str, region: str) -> None:
        self._url = url
        config: S3Config = {"region": region, "virtual_hosted_style_request": not endpoint}
        if endpoint:
            config["endpoint"] = endpoint
        if key:
            config["access_key_id"], config["secret_access_key"] = key, secret
        self._bucket = Bucket.from_url(
            url,
            config=config,
            client_options={
                "allow_http": endpoint.startswith("http://"),
                "connect_timeout": _CONNECT_WITHIN,
                "timeout": _ANSWER_WITHIN,
            },
            retry_config={"max_retries": 3, "retry_timeout": _RETRY_WITHIN},
        )

    def write(self, blobs: dict[str, bytes]) -> None:
        """Put those that are not there yet, a few at once."""
        if len(blobs) == 1:
            self._put(*next(iter(blobs.items())))
            return
        with ThreadPoolExecutor(min(_AT_ONCE, len(blobs))) as pool:
            list(pool.map(lambda blob: self._put(*blob), blobs.items()))

    def read(self, key: str) -> bytes:
        """All bytes of an object."""
        return self._asked(lambda: bytes(obstore.get(self._bucket, key).bytes()))

    def open(self, key: str) -> BinaryIO:
        """An object as a file in memory; attachments are bounded by the size of a mail."""
        return io.BytesIO(self.read(key))

    def has(self, key: str) -> bool:
        """Whether the object is there."""
        try:
            self._asked(lambda: obstore.head(self._bucket, key))
        except NoSuchBlob:
            return False
        return True

    def remove(self, key: str, unless_since: datetime) -> bool:
        """Delete the object, unless it was put again since."""
        try:
            if self._put_at(key) >= unless_since:
                return False
        except NoSuchBlob:
            return False
        self._asked(lambda: obstore.delete(self._bucket, key))
        return True

    def _put_at(self, key: str) -> datetime:
        found: datetime = self._asked(lambda: obstore.head(self._bucket, key))["last_modified"]
        return found

    def _put(self, key: str, data: bytes) -> None:
        """Put it, again too when it is old: nobody then takes it for one that nothing needs."""
        try:
            needed = datetime.now(UTC) - self._put_at(key) > _FRESH
        except NoSuchBlob:
            needed = True
        if needed:
            self._asked(lambda: obstore.put(self._bucket, key, data))

    def _asked(self, ask: Callable[[], T]) -> T:
        """The store's answer, its errors told in the words of ``blobs``."""
        try:
            return ask()
        except (NotFoundError, FileNotFoundError) as error:
            raise NoSuchBlob(str(error)) from error
        except (BaseError, OSError) as error:
            raise StoreTrouble(f"the attachment store {self._url}: {error}") from error
