"""Django's settings, made from the checked configuration. Nothing of the business is set here."""

from __future__ import annotations

import zoneinfo
from pathlib import Path

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from orderway.project import configuration

CONFIGURATION = configuration.read()
BASE_DIR = Path(__file__).resolve().parent.parent

SECRET_KEY = CONFIGURATION.secret_key
DEBUG = False
ALLOWED_HOSTS = list(CONFIGURATION.hosts)
CSRF_TRUSTED_ORIGINS = [CONFIGURATION.address]

STAGES = ["capture", "review", "stock", "supply", "delivery", "invoicing", "aftersales"]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "django_htmx",
    "csp",
    "orderway.pages",
    "orderway.journal",
    "orderway.masterdata",
    "orderway.releases",
    "orderway.orders",
    *[f"orderway.stages.{stage}" for stage in STAGES],
    "orderway.demo",
    "orderway.diagnosis",
    "orderway.measures",
    "orderway.manual",
    "orderway.training",
    "orderway.improvement",
    "orderway.assessment",
    "orderway.connect",
    "orderway.api",
    "orderway.web",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "orderway.web.middleware.DatabaseAway",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "orderway.web.middleware.ContentSecurity",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "orderway.web.middleware.SignedInOnly",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "orderway.web.context.shell",
            ],
            "builtins": ["orderway.pages.templatetags.ow", "django.templatetags.i18n"],
        },
    }
]

ROOT_URLCONF = "orderway.project.urls"
WSGI_APPLICATION = "orderway.project.wsgi.application"
DATABASES = {"default": dict(CONFIGURATION.database)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "masterdata.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "key"
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "orderway.web.accounts.NoSignUp"
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key"}

SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = CONFIGURATION.https
SESSION_COOKIE_NAME = "__Host-session" if CONFIGURATION.https else "orderway_session"
CSRF_COOKIE_NAME = "__Host-csrf" if CONFIGURATION.https else "orderway_csrf"
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = False  # htmx reads the token from the page, the cookie only compares
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if CONFIGURATION.https else 0
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "orderway.web.errors.no_token"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

LANGUAGE_CODE = CONFIGURATION.language
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("zh-hant", _("Traditional Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = CONFIGURATION.zone
zoneinfo.ZoneInfo(TIME_ZONE)

STATIC_URL = "static/"
# No STATIC_ROOT: whitenoise serves the files of the packages themselves, nothing is collected.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(CONFIGURATION.data_dir / "files")}},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# Mail: only the digest is sent (orders.digest), and only with a server in the settings.
MAIL_IS_SET = CONFIGURATION.mail is not None
DEFAULT_FROM_EMAIL = CONFIGURATION.mail_from
EMAIL_TIMEOUT = 20
if CONFIGURATION.mail is not None:
    EMAIL_HOST, EMAIL_PORT = CONFIGURATION.mail.host, CONFIGURATION.mail.port
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = CONFIGURATION.mail.user, CONFIGURATION.mail.password
    EMAIL_USE_SSL = CONFIGURATION.mail.tls
    EMAIL_USE_TLS = not EMAIL_USE_SSL and bool(EMAIL_HOST_USER)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}
