"""The customer's own front: signing in, cases, support details, contacts."""
