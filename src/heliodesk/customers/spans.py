"""Spans of days, as constraints compare them."""

from django.contrib.postgres.fields import DateRangeField
from django.db.models import F, Func, Value


class DateSpan(Func):
    """The half-open range of days from one column to another; an empty end is open."""

    function = "daterange"
    output_field = DateRangeField()


def span(start: str, end: str) -> DateSpan:
    """The span between two columns of a row."""
    return DateSpan(F(start), F(end), Value("[)"))
