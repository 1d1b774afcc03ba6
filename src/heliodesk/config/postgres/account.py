"""The system user that runs the database server: yourself, or ``heliodesk`` when root starts it."""

import os
import pwd
import shutil
import subprocess
import time
from dataclasses import dataclass
from typing import Any

from heliodesk.config.postgres.errors import DatabaseTrouble

SYSTEM_USER = "heliodesk"


@dataclass(frozen=True)
class Account:
    """A user and group of the operating system, and whether the server must change to it."""

    name: str
    uid: int
    gid: int
    switch: bool

    def popen_arguments(self) -> dict[str, Any]:
        """What ``subprocess`` needs to run a program as this account, with a plain environment."""
        arguments: dict[str, Any] = {"env": self._environment()}
        if self.switch:
            arguments |= {"user": self.uid, "group": self.gid, "extra_groups": []}
        return arguments

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        return kept | {"LC_ALL": "C.UTF-8", "TZ": "UTC"}


def server_account(owner: int | None) -> Account:
    """The account that runs PostgreSQL, which refuses to run as root.

    ``owner`` is the user id that a cluster already belongs to: root runs it as that user.
    """
    if os.geteuid() != 0:
        return _account_of(os.geteuid(), switch=False)
    if owner:
        return _account_of(owner, switch=True)
    found = _find(SYSTEM_USER) or _create(SYSTEM_USER)
    return Account(found.pw_name, found.pw_uid, found.pw_gid, switch=True)


def _account_of(uid: int, *, switch: bool) -> Account:
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        raise DatabaseTrouble(
            f"User id {uid} has no name in /etc/passwd, and PostgreSQL needs one. Add the user, "
            "run the desk as another, or set DATABASE_URL to a PostgreSQL server."
        ) from None
    return Account(entry.pw_name, uid, entry.pw_gid, switch=switch)


def _find(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _create(name: str) -> pwd.struct_passwd:
    """Make the system user; another process may be doing the same, so look again for a while."""
    useradd = shutil.which("useradd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    reason = "useradd is not installed"
    for _ in range(20 if useradd else 0):
        made = subprocess.run(
            [
                str(useradd),
                *("--system", "--user-group", "--no-create-home"),
                *("--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin", name),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        if found := _find(name):
            return found
        reason = made.stderr.strip() or f"useradd ended with {made.returncode}"
        time.sleep(0.1)
    raise DatabaseTrouble(
        f"PostgreSQL does not run as root, and the system user {name} could not be made: {reason}. "
        "Run the desk as an ordinary user, or set DATABASE_URL to a PostgreSQL server."
    )
