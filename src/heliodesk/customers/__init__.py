"""Accounts, their identifiers and domains, contacts with dated roles, partners."""
