"""Tests of keeping and forgetting."""
