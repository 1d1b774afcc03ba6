"""Major incidents: one outage behind many cases, told once, and closed with all of them.

Others call ``incidents.actions`` to change and ``incidents.queries`` to ask. That P1s of an
incident are paged for once is the business of ``oncall``.
"""
