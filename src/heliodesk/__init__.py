"""Heliodesk: a support desk for vendors that knows what each customer is entitled to."""

__version__ = "0.1.0"
