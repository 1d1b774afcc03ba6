"""Raising a case by form: what is asked, what guards it, and how it is sent."""
