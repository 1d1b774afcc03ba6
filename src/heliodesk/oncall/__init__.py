"""On call: who is awake and holds P1, paging until somebody takes it, handovers, incidents.

Others call ``oncall.actions`` to change and ``oncall.queries`` to ask.
"""
