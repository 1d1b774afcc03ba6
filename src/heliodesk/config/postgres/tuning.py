"""The server's settings, scaled to the machine; ``local.conf`` in the cluster overrides them."""

import os
from collections.abc import Iterator
from pathlib import Path

import psutil

from heliodesk.config.postgres.place import Place

MB = 1024 * 1024
CGROUP_LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


def memory() -> int:
    """Bytes of memory that this machine, or the container we are in, may use."""
    total = psutil.virtual_memory().total
    for name in CGROUP_LIMITS:
        try:
            limit = Path(name).read_text().strip()
        except OSError:
            continue
        if limit.isdigit():
            total = min(total, int(limit))
    return int(total)


def tuned(place: Place, *, durable: bool) -> dict[str, str]:
    """Settings of the server; ``durable=False`` is for tests only and may lose data in a crash."""
    total = memory() // MB
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(place.sockets),
        "unix_socket_permissions": "0700",
        "port": "5432",
        "max_connections": "100",
        "shared_buffers": f"{min(2048, max(32, total // 8))}MB",
        "effective_cache_size": f"{min(8192, max(64, total // 2))}MB",
        "work_mem": "16MB" if total >= 4096 else "4MB",
        "maintenance_work_mem": f"{min(256, max(32, total // 32))}MB",
        "wal_compression": "off",
        "min_wal_size": "80MB",
        "max_wal_size": "4GB" if _roomy(place.home) else "1GB",
        "checkpoint_timeout": "15min",
        "random_page_cost": "1.1",
        "jit": "off",
        "shared_preload_libraries": "pg_stat_statements",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "log_line_prefix": "%m [%p] %q%u@%d %a ",
        "log_lock_waits": "on",
    }
    return settings | (_kept_logs(place) if durable else FORGETFUL)


#: For tests: nothing waits for the disk, nothing survives a crash of the machine.
FORGETFUL = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "64MB",
    "max_wal_size": "1GB",
    "autovacuum": "off",
    "log_checkpoints": "off",
}


def _kept_logs(place: Place) -> dict[str, str]:
    """A week of logs, one file a day, so that they never fill the disk."""
    return {
        "fsync": "on",
        "synchronous_commit": "on",
        "full_page_writes": "on",
        "logging_collector": "on",
        "log_directory": str(place.logs),
        "log_filename": "postgres-%a.log",
        "log_rotation_age": "1d",
        "log_rotation_size": "0",
        "log_truncate_on_rotation": "on",
    }


def _roomy(folder: Path) -> bool:
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize > 40 * 1024 * MB


def lines(settings: dict[str, str]) -> Iterator[str]:
    """The settings as lines of a configuration file."""
    for name, value in settings.items():
        quoted = value.replace("'", "''")
        yield f"{name} = '{quoted}'"
