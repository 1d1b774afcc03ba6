"""Measures a running desk: mail in, pages, search, and the processor time each costs."""
