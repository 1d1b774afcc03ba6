"""Time that was worked, in words."""

from functools import lru_cache

from heliodesk.web.translation import translated as _


@lru_cache(maxsize=4096)
def spent(minutes: int) -> str:
    """``45 min``, ``2 h``, ``31 h 05``: never rounded, since people add it up."""
    if minutes < 60:
        return _("%(n)s min", n=minutes)
    hours, rest = divmod(minutes, 60)
    return f"{hours:,} h {rest:02d}" if rest else f"{hours:,} h"
