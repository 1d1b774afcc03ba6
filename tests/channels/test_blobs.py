"""Blobs: kept once, whole or not at all, in a folder and in a real S3 engine."""

import hashlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from botocore.exceptions import BotoCoreError, ClientError
from pytest_django import Settings

from heliodesk.channels import blobs


@pytest.fixture
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.BLOB_URL = ""
    settings.DATA = tmp_path
    return tmp_path / "blobs"


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_bytes_are_found_by_their_content(folder: Path) -> None:
    name = blobs.put(b"a picture")
    assert name == hashlib.sha256(b"a picture").hexdigest()
    assert blobs.get(name) == b"a picture" and blobs.exists(name)
    with blobs.open(name) as file:
        assert file.read(2) == b"a "
    assert files(folder) == [f"{name[:2]}/{name[2:4]}/{name}"]


def test_the_same_bytes_are_kept_once_and_left_alone(folder: Path) -> None:
    first = blobs.put(b"logo")
    place = folder / first[:2] / first[2:4] / first
    before = place.stat().st_ino
    assert blobs.put_many([b"logo", b"other", b"logo"]) == [first, blobs.put(b"other"), first]
    assert place.stat().st_ino == before and len(files(folder)) == 2


def test_what_is_no_name_reaches_no_file(folder: Path) -> None:
    (folder.parent / "secret").write_text("x")
    for name in ("../secret", "", "ab" * 31, "AB" * 32, "zz" * 32, "ab" * 32):
        with pytest.raises(blobs.NoSuchBlob):
            blobs.get(name)
    assert not blobs.exists("ab" * 32)


@pytest.mark.needs("root")
def test_a_full_disk_leaves_nothing_half_written(folder: Path) -> None:
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "none", folder], check=True)
    try:
        kept = blobs.put(b"k" * 1000)
        with pytest.raises(blobs.StoreTrouble, match="No space left"):
            blobs.put_many([b"small", os.urandom(400_000), b"late"])
        assert files(folder) == [f"{kept[:2]}/{kept[2:4]}/{kept}"]
        assert blobs.get(blobs.put(b"small")) == b"small"
    finally:
        subprocess.run(["umount", folder], check=True)


def test_a_folder_that_cannot_be_made_is_trouble(settings: Settings, tmp_path: Path) -> None:
    settings.DATA = tmp_path / "file"
    settings.DATA.write_text("in the way")
    with pytest.raises(blobs.StoreTrouble):
        blobs.put(b"x")


def free_port() -> int:
    """A port whose number plus 10,000 is free too; the engine takes it for its own talk."""
    while True:
        with socket.socket() as one, socket.socket() as two:
            one.bind(("127.0.0.1", 0))
            port = int(one.getsockname()[1])
            if port < 55_000:
                try:
                    two.bind(("127.0.0.1", port + 10_000))
                except OSError:
                    continue
                return port


@pytest.fixture(scope="module")
def s3_endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real S3 engine on a loopback port, with one identity and one bucket."""
    home = tmp_path_factory.mktemp("s3")
    identity = {
        "name": "desk",
        "credentials": [{"accessKey": "desk", "secretKey": "secret"}],
        "actions": ["Admin", "Read", "Write", "List"],
    }
    (home / "id.json").write_text(json.dumps({"identities": [identity]}))
    master, volume, filer, s3 = (free_port() for _ in range(4))
    command = f"""server -dir={home} -ip=127.0.0.1 -ip.bind=127.0.0.1 -filer -s3
        -master.port={master} -volume.port={volume} -filer.port={filer} -s3.port={s3}
        -s3.config={home / "id.json"} -master.volumeSizeLimitMB=64 -volume.max=8"""
    weed = shutil.which("weed", path=str(Path(sys.executable).parent)) or "weed"
    with (home / "log").open("wb") as log:
        engine = subprocess.Popen([weed, *command.split()], stdout=log, stderr=log, cwd=home)
    endpoint = f"http://127.0.0.1:{s3}"
    try:
        _make_bucket(endpoint)
        yield endpoint
    finally:
        engine.kill()
        engine.wait()


def _make_bucket(endpoint: str) -> None:
    client = boto3.client(
        "s3",
        endpoint_url=endpoint,
        aws_access_key_id="desk",
        aws_secret_access_key="secret",
        region_name="us-east-1",
    )
    for _ in range(120):
        try:
            client.create_bucket(Bucket="attachments")
            client.put_object(Bucket="attachments", Key="ready", Body=b"yes")
        except (BotoCoreError, ClientError):
            time.sleep(0.25)
        else:
            return
    pytest.fail("the S3 engine did not come up in 30 s")


@pytest.fixture
def s3(settings: Settings, s3_endpoint: str) -> None:
    settings.BLOB_URL = f"s3://attachments/desk-{uuid.uuid4().hex[:6]}"
    settings.BLOB_S3_ENDPOINT = s3_endpoint
    settings.BLOB_S3_KEY, settings.BLOB_S3_SECRET = "desk", "secret"


def test_blobs_live_in_s3(s3: None) -> None:
    pictures = [os.urandom(50_000) for _ in range(20)]
    names = blobs.put_many([*pictures, pictures[0]])
    assert names[0] == names[-1] and len(set(names)) == 20
    assert [blobs.get(name) for name in names[:20]] == pictures
    with blobs.open(names[3]) as file:
        assert file.read() == pictures[3]
    assert blobs.put(pictures[5]) == names[5] and blobs.exists(names[5])
    large = os.urandom(7_000_000)
    assert blobs.get(blobs.put(large)) == large


def test_s3_says_what_it_lacks(s3: None) -> None:
    assert not blobs.exists("ab" * 32)
    with pytest.raises(blobs.NoSuchBlob):
        blobs.get("ab" * 32)


def test_wrong_keys_are_trouble(s3: None, settings: Settings) -> None:
    settings.BLOB_S3_SECRET = "wrong"
    with pytest.raises(blobs.StoreTrouble):
        blobs.put(b"x")


def test_an_absent_store_is_trouble(settings: Settings) -> None:
    settings.BLOB_URL = "s3://attachments"
    settings.BLOB_S3_ENDPOINT = f"http://127.0.0.1:{free_port()}"
    settings.BLOB_S3_KEY, settings.BLOB_S3_SECRET = "desk", "secret"
    with pytest.raises(blobs.StoreTrouble):
        blobs.put(b"x")
