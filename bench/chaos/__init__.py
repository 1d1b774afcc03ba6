"""Paging under fire: pagers killed and frozen, the database stopped hard, a provider that fails.

``make chaos`` runs it; ``python -m bench.chaos --p1s 100`` runs more. It prints one table.
"""
