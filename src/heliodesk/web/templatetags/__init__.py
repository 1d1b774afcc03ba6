"""Words for the pages that django-allauth draws."""
