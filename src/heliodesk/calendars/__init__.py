"""Business calendars: opening hours, holidays and zones; adding and measuring working time."""
