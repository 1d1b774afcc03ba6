"""The pages, as the web server runs them."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heliodesk.config.settings")
application = get_wsgi_application()
