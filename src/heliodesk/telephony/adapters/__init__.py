"""Telephone systems: each turns its own requests into steps and instructions into its own words."""
