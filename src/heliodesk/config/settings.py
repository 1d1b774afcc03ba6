"""All settings of the desk, from environment variables (see ``docs/settings.md``)."""

from pathlib import Path
from urllib.parse import urlsplit

from heliodesk.config import database, environment, logs, secret
from heliodesk.config.postgres.place import place_of

PACKAGE = Path(__file__).resolve().parents[1]
DATA = environment.data_folder()

# --- safety -------------------------------------------------------------------------------
SECRET_KEYS = secret.keys(DATA)
SECRET_KEY = SECRET_KEYS[0]
SECRET_KEY_FALLBACKS = SECRET_KEYS[1:]
DEBUG = environment.switch("HELIODESK_DEBUG", default=False)
#: The address people type. Links in mail are built from it, never from a request's Host header.
BASE_URL = environment.text("HELIODESK_BASE_URL", "http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS = environment.words("HELIODESK_ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]")
_https = BASE_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_ENGINE = "heliodesk.identity.sessions"
CSRF_TRUSTED_ORIGINS = [BASE_URL]
CSRF_FAILURE_VIEW = "heliodesk.web.errors.csrf_failed"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _https else None
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 2**20
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
DATA_UPLOAD_MAX_NUMBER_FILES = 50
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 2**20
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# --- database -----------------------------------------------------------------------------
DATABASE_DSN = database.dsn(DATA)
#: For LISTEN and migrations, which a transaction-mode pooler cannot carry.
DATABASE_DIRECT_DSN = database.dsn(DATA, direct=True)
DATABASES = {"default": database.django(DATABASE_DSN)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- rooms --------------------------------------------------------------------------------
INSTALLED_APPS = [
    "heliodesk.identity",
    "heliodesk.channels",
    "heliodesk.calendars",
    "heliodesk.journal",
    "heliodesk.customers",
    "heliodesk.entitlements",
    "heliodesk.cases",
    "heliodesk.intake",
    "heliodesk.routing",
    "heliodesk.sla",
    "heliodesk.oncall",
    "heliodesk.notifications",
    "heliodesk.incidents",
    "heliodesk.telephony",
    "heliodesk.automation",
    "heliodesk.reports",
    "heliodesk.privacy",
    "heliodesk.web",
    "heliodesk.api",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.socialaccount.providers.saml",
    "django_htmx",
]
#: Who follows the journal, in order: each has a table ``FOLLOWS`` of verb -> function.
JOURNAL_FOLLOWERS = [
    "heliodesk.cases.follow",
    "heliodesk.intake.follow",
    "heliodesk.routing.follow",
    "heliodesk.sla.follow",
    "heliodesk.oncall.follow",
    "heliodesk.incidents.follow",
    "heliodesk.automation.follow",
    "heliodesk.notifications.follow",
    "heliodesk.notifications.notices",
]
AUTH_USER_MODEL = "identity.User"
MIDDLEWARE = [
    "heliodesk.web.middleware.request_id",
    "heliodesk.web.middleware.content_policy",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "heliodesk.web.middleware.storable",
    "heliodesk.web.middleware.signed_in",
    "heliodesk.web.errors.told_as_pages",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "heliodesk.config.urls"
WSGI_APPLICATION = "heliodesk.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "NAME": "jinja2",
        "DIRS": [PACKAGE / "web" / "pages"],
        "APP_DIRS": False,
        "OPTIONS": {
            "environment": "heliodesk.web.jinja.environment",
            "autoescape": True,
            "auto_reload": DEBUG,
        },
    },
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "NAME": "django",
        "DIRS": [PACKAGE / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "heliodesk.web.portal.dress.dressed",
            ],
        },
    },
]

# --- pages --------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch"), ("fr", "Français"), ("es", "Español")]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
STATIC_URL = "/static/"
STATICFILES_DIRS = [PACKAGE / "web" / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MAX_AGE = 3600
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
#: Where pages listen for news: the ``live`` process, on the same host or behind a proxy.
LIVE_PORT = environment.number("HELIODESK_LIVE_PORT", 8001)
LIVE_URL = environment.text("HELIODESK_LIVE_URL") or (
    f"{BASE_URL}/events" if _https else f"http://{urlsplit(BASE_URL).hostname}:{LIVE_PORT}/events"
)

# --- web forms ----------------------------------------------------------------------------
#: Proxies of ours (addresses or CIDR ranges) whose X-Forwarded-For is believed.
TRUSTED_PROXIES = environment.words("HELIODESK_TRUSTED_PROXIES")
#: The largest file in a form and how many it takes; together they fit into one mail.
WEB_FILE_MAX_BYTES = environment.number("HELIODESK_WEB_FILE_MAX_BYTES", 20_000_000)
WEB_FILES_MAX = environment.number("HELIODESK_WEB_FILES_MAX", 10)
#: Forms taken in an hour from one network address, and from everybody.
WEB_FORMS_PER_HOUR = environment.number("HELIODESK_WEB_FORMS_PER_HOUR", 20)
WEB_FORMS_PER_HOUR_IN_ALL = environment.number("HELIODESK_WEB_FORMS_PER_HOUR_IN_ALL", 600)
#: To whom the page after the public form shows the reference: to everybody, to those who gave
#: their account's ID (identified), or to nobody; the mail has it in any case.
WEB_FORM_SHOWS_REFERENCE = environment.choice(
    "HELIODESK_WEB_FORM_SHOWS_REFERENCE",
    {"true": "always", "identified": "identified", "false": "never"},
)

# --- signing in ---------------------------------------------------------------------------
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "heliodesk.web.sign_in.StaffAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Heliodesk"
MFA_ADAPTER = "heliodesk.web.sign_in.FactorAdapter"
#: Steps of 30 s by which a telephone's clock may differ, as RFC 6238 advises.
MFA_TOTP_TOLERANCE = 1
MFA_FORMS = {
    "authenticate": "heliodesk.web.codes.SignInCode",
    "reauthenticate": "heliodesk.web.codes.CodeAgain",
}
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not _https
USERSESSIONS_TRACK_ACTIVITY = False
#: Companies' own sign-ins: the page before says where it leads, so that a link may start it.
SOCIALACCOUNT_ADAPTER = "heliodesk.web.portal.company.CompanyAdapter"
SOCIALACCOUNT_LOGIN_ON_GET = True
SOCIALACCOUNT_REQUESTS_TIMEOUT = 10
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if _https else "http"
#: Whether a company's sign-in may be at a private address or without TLS: for trying it out only.
COMPANY_SIGN_IN_INSIDE = environment.switch("HELIODESK_COMPANY_SIGN_IN_INSIDE", default=False)
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "identity_cache",
    }
}

# --- mail in ------------------------------------------------------------------------------
MAIL_HOST = environment.text("HELIODESK_MAIL_HOST", "127.0.0.1")
SMTP_PORT = environment.number("HELIODESK_SMTP_PORT", 2525)
LMTP_PORT = environment.number("HELIODESK_LMTP_PORT", 2424)
#: The largest message taken in, in bytes; a larger one is refused with 552.
MAIL_MAX_BYTES = environment.number("HELIODESK_MAIL_MAX_BYTES", 25 * 2**20)
#: Only Authentication-Results of these servers are believed.
MAIL_AUTHSERV_IDS = environment.words("HELIODESK_MAIL_AUTHSERV_IDS")
#: What happens to mail of a known contact that fails DMARC: ``flag`` or ``hold``.
MAIL_FAILED_AUTH = environment.text("HELIODESK_MAIL_FAILED_AUTH", "hold")
MAIL_TLS_CERT = environment.text("HELIODESK_MAIL_TLS_CERT")
MAIL_TLS_KEY = environment.text("HELIODESK_MAIL_TLS_KEY")
#: Mail servers (addresses or CIDR ranges) to which the limits per peer do not apply.
MAIL_TRUSTED_RELAYS = environment.words("HELIODESK_MAIL_TRUSTED_RELAYS")
MAIL_MAX_RECIPIENTS = environment.number("HELIODESK_MAIL_MAX_RECIPIENTS", 100)
MAIL_MAX_CONNECTIONS = environment.number("HELIODESK_MAIL_MAX_CONNECTIONS", 500)
MAIL_MAX_CONNECTIONS_PER_PEER = environment.number("HELIODESK_MAIL_MAX_CONNECTIONS_PER_PEER", 20)
MAIL_MAX_MESSAGES_PER_MINUTE = environment.number("HELIODESK_MAIL_MAX_MESSAGES_PER_MINUTE", 120)
MAIL_IDLE_SECONDS = environment.number("HELIODESK_MAIL_IDLE_SECONDS", 300)
#: The folder whose disk must have room for mail to be taken: that of the embedded database.
MAIL_WATCHED_DISK = None if environment.text("DATABASE_URL") else place_of(DATA).home

# --- mail out -----------------------------------------------------------------------------
#: ``capture`` (kept, never sent; the default), ``smtp``, or a django-anymail backend's path.
MAIL_OUTBOUND = environment.text("HELIODESK_MAIL_OUTBOUND", "capture")
MAIL_SMTP_URL = environment.text("HELIODESK_MAIL_SMTP_URL")
#: What the django-anymail backend needs, as its documentation names it (JSON object).
ANYMAIL = environment.table("HELIODESK_ANYMAIL")
#: File with the private key that signs outgoing mail (PEM); empty signs nothing.
MAIL_DKIM_KEY = environment.text("HELIODESK_MAIL_DKIM_KEY")
MAIL_DKIM_SELECTOR = environment.text("HELIODESK_MAIL_DKIM_SELECTOR", "heliodesk")

# --- attachments --------------------------------------------------------------------------
#: Where attachments live: empty for a folder in the data folder, or ``s3://bucket/prefix``.
BLOB_URL = environment.text("HELIODESK_BLOB_URL")
BLOB_S3_ENDPOINT = environment.text("HELIODESK_BLOB_S3_ENDPOINT")
BLOB_S3_KEY = environment.text("HELIODESK_BLOB_S3_KEY")
BLOB_S3_SECRET = environment.text("HELIODESK_BLOB_S3_SECRET")
BLOB_S3_REGION = environment.text("HELIODESK_BLOB_S3_REGION", "us-east-1")

# --- paging -------------------------------------------------------------------------------
#: ``capture`` (pages are kept and handed to nobody; the default) or ``send``.
PAGING = environment.text("HELIODESK_PAGING", "capture")
#: Who rings for a page: ``rest``, or ``module:function`` of a telephone exchange's adapter.
PAGING_VOICE = environment.text("HELIODESK_PAGING_VOICE", "rest")
PAGING_SMS = environment.text("HELIODESK_PAGING_SMS", "rest")
#: A provider of calls and SMS that speaks Twilio's REST interface; empty switches both off.
VOICE_API = environment.text("HELIODESK_VOICE_API", "https://api.twilio.com").rstrip("/")
VOICE_ACCOUNT = environment.text("HELIODESK_VOICE_ACCOUNT")
VOICE_TOKEN = environment.text("HELIODESK_VOICE_TOKEN")
#: The number that pages come from, in E.164.
VOICE_FROM = environment.text("HELIODESK_VOICE_FROM")
#: The key of Web Push (VAPID, PEM file of the private key) and whom push services may write to.
PUSH_KEY = environment.text("HELIODESK_PUSH_KEY")
PUSH_CONTACT = environment.text("HELIODESK_PUSH_CONTACT")
#: An address outside that is asked every few seconds while pages can go out (dead man's switch).
HEARTBEAT_URL = environment.text("HELIODESK_HEARTBEAT_URL")

#: Seconds in which a transaction that holds a P1 must go on, or the database ends it.
GUARD_SECONDS = environment.number("HELIODESK_GUARD_SECONDS", 5)

# --- telephone ----------------------------------------------------------------------------
#: The address under which telephone providers reach the desk; their signatures are checked
#: against it, never against a request's Host header.
VOICE_PUBLIC_URL = environment.text("HELIODESK_VOICE_PUBLIC_URL", BASE_URL).rstrip("/")
#: The bearer token of our own Asterisk, and how it dials a number outside.
VOICE_ASTERISK_TOKEN = environment.text("HELIODESK_VOICE_ASTERISK_TOKEN")
VOICE_ASTERISK_TRUNK = environment.text("HELIODESK_VOICE_ASTERISK_TRUNK", "PJSIP/{number}@carrier")
#: Its manager interface, for paging calls: ``ami://name:secret@host:5038``.
VOICE_AMI = environment.text("HELIODESK_VOICE_AMI")
#: Signing keys of providers that speak TwiML beside Twilio (whose is ``VOICE_TOKEN``).
VOICE_SIGNALWIRE_KEY = environment.text("HELIODESK_VOICE_SIGNALWIRE_KEY")
#: Telnyx's public key, in base64.
VOICE_TELNYX_KEY = environment.text("HELIODESK_VOICE_TELNYX_KEY")
#: What any other telephone system shows with its events: as a bearer token, or to sign with.
VOICE_CTI_TOKEN = environment.text("HELIODESK_VOICE_CTI_TOKEN")

# --- API ----------------------------------------------------------------------------------
#: Requests that one token may make in a minute.
API_PER_MINUTE = environment.number("HELIODESK_API_PER_MINUTE", 300)

# --- being watched ------------------------------------------------------------------------
METRICS_TOKEN = environment.text("HELIODESK_METRICS_TOKEN")
LOG_LEVEL = environment.text("HELIODESK_LOG_LEVEL", "INFO").upper()
LOG_FORMAT = environment.text("HELIODESK_LOG_FORMAT", "auto")
LOGGING_CONFIG = None
logs.configure(LOG_LEVEL, LOG_FORMAT)
