"""Clocks: what was promised by when, met or missed."""
