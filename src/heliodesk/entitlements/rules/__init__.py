"""The entitlement decision: pure, deterministic, in a fixed order, with a trace of its reasons."""

from heliodesk.entitlements.rules.decide import decide
from heliodesk.entitlements.rules.open_now import OpenNow, open_now

__all__ = ["OpenNow", "decide", "open_now"]
