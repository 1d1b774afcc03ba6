"""The entitlement decision: pure, deterministic, in a fixed order, with a trace of its reasons."""

from heliodesk.entitlements.rules.calls import Answer, answered
from heliodesk.entitlements.rules.decide import decide
from heliodesk.entitlements.rules.open_now import OpenNow, open_now

__all__ = ["Answer", "OpenNow", "answered", "decide", "open_now"]
