"""One settings file; what differs between deployments comes from the environment.

RECTIFY_ENV is `production`, `demo` (what `make run` starts) or `test`.
"""

from __future__ import annotations

import os

from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from project.database import database
from project.files import *  # noqa: F403 -- what files may be, and where they are kept
from project.paths import BASE_DIR, VAR
from project.record import *  # noqa: F403 -- the record's part of these settings

ENV = os.environ.get("RECTIFY_ENV", "production")
PRODUCTION = ENV == "production"
DEBUG = os.environ.get("RECTIFY_DEBUG") == "1"

UNSAFE_SECRET = "not-a-secret-and-refused-in-production"  # noqa: S105 -- as it says
SECRET_KEY = os.environ.get("RECTIFY_SECRET_KEY", UNSAFE_SECRET)
ALLOWED_HOSTS = os.environ.get("RECTIFY_ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("RECTIFY_ORIGINS", "").split(",") if o]
SITE_URL = os.environ.get("RECTIFY_URL", "http://127.0.0.1:8000")

INSTALLED_APPS = [
    "core",
    "audit",
    "evidence",
    "workflows",
    "ledger",
    "reports",
    "web",
    "demo",
    "project",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "axes",
    "csp",
    # Only the engine: `viewflow` itself would add middleware and 49 MB of static files.
    "viewflow.workflow",
]
MIDDLEWARE = [
    "web.middleware.AddressMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "web.middleware.SessionLimitMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "web.middleware.RefusalMiddleware",
    "web.middleware.RoleMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "project.urls"
WSGI_APPLICATION = "project.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "web.context.everywhere",
            ],
            "builtins": ["web.templatetags.words"],
        },
    }
]

DATABASES = {
    "default": database(os.environ.get("RECTIFY_DATABASE_URL", f"sqlite:///{VAR}/rectify.sqlite3"))
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "core.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "name", "email")},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "core.passwords.ThreeClassesValidator"},
]
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
# Five failures lock the account and the address for a quarter of an hour.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = ["username", "ip_address"]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "web.views.session.locked_out"
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

# Idle half an hour, at most half a day. Written once a minute and not at every request: on SQLite
# each write waits for all others, and takes as long as the act it belongs to.
SESSION_COOKIE_AGE = 30 * 60
SESSION_RENEWED_AFTER = 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_ABSOLUTE_SECONDS = 12 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "web.views.faults.form_expired"
SECURE_SSL_REDIRECT = PRODUCTION
SECURE_HSTS_SECONDS = 365 * 86400 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
BEHIND_PROXY = os.environ.get("RECTIFY_BEHIND_PROXY") == "1"
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "media-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_I18N = USE_TZ = True
FORMAT_MODULE_PATH = ["project.formats"]

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = VAR / "static"
# Where nothing was collected, files are served from where they are written.
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = ENV == "test" or DEBUG
_STORAGE = "whitenoise.storage.CompressedManifestStaticFilesStorage"
if WHITENOISE_USE_FINDERS:
    _STORAGE = "django.contrib.staticfiles.storage.StaticFilesStorage"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": _STORAGE},
}

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = os.environ.get("RECTIFY_SMTP_HOST", "")
EMAIL_PORT = int(os.environ.get("RECTIFY_SMTP_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("RECTIFY_SMTP_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("RECTIFY_SMTP_PASSWORD", "")
EMAIL_USE_TLS = os.environ.get("RECTIFY_SMTP_TLS") == "starttls"
EMAIL_USE_SSL = os.environ.get("RECTIFY_SMTP_TLS") == "tls"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = os.environ.get("RECTIFY_MAIL_FROM", "rectify@localhost")
if not EMAIL_HOST:
    # Nowhere to send to yet: letters are kept as files, so that nothing is lost unseen.
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = VAR / "mail"

# Where word may be taken besides: an address and a secret each, and the hosts that may be called
# at all (`host`, or `host:port` where the port is not the usual one).
CALLOUTS = {
    name: {
        "url": os.environ.get(f"RECTIFY_{name.upper()}_URL", ""),
        "secret": os.environ.get(f"RECTIFY_{name.upper()}_SECRET", ""),
    }
    for name in ("wecom", "dingtalk", "feishu", "sms", "webhook", "outside")
}
CALLOUT_HOSTS = [h for h in os.environ.get("RECTIFY_CALLOUT_HOSTS", "").split(",") if h]

# Without a broker the worker carries its own clock and its own queue in memory: a tick that is
# lost with the process is made again, and what is owed is a row, never a message.
CELERY_BROKER_URL = os.environ.get("RECTIFY_BROKER_URL", "memory://")
CELERY_TASK_ACKS_LATE = CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
WITH_BROKER = CELERY_BROKER_URL.startswith("amqp")
if WITH_BROKER:
    # A message is on the disks of most nodes before the one who sends it goes on.
    CELERY_TASK_DEFAULT_QUEUE = "rectify"
    CELERY_TASK_DEFAULT_QUEUE_TYPE = CELERY_TASK_CREATE_MISSING_QUEUE_TYPE = "quorum"
    CELERY_BROKER_TRANSPORT_OPTIONS = {"confirm_publish": True}
    # Quorum queues know no limit over a whole channel; with this Celery asks for one a consumer.
    CELERY_WORKER_DETECT_QUORUM_QUEUES = True
    CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# For how many seconds a worker that fell silent is believed to be at work on a long job.
JOB_LEASE = int(os.environ.get("RECTIFY_JOB_LEASE", "60"))
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE = {
    "pay-what-is-owed": {"task": "project.tasks.pay_what_is_owed", "schedule": 2.0},
    # A tick that waited for its turn longer than to the next one is worth nothing.
    "run-jobs": {
        "task": "project.tasks.run_jobs",
        "schedule": 2.0,
        "options": {"expires": 2},
    },
    # Often, so that a thousand events are noticed; sealed by the half minute.
    "seal": {"task": "project.tasks.seal", "schedule": 5.0, "options": {"expires": 5}},
    # At half past seven, and every ten minutes after it for a morning that nobody finished.
    "remind": {"task": "project.tasks.remind", "schedule": crontab(minute="*/10")},
    "tell-supervisors": {"task": "project.tasks.tell_supervisors", "schedule": 60.0},
    "inspect-arrived": {
        "task": "project.tasks.inspect_arrived",
        "schedule": 2.0,
        "options": {"expires": 2},
    },
    "expire-archives": {"task": "project.tasks.expire_archives", "schedule": 3600.0},
    "expire-uploads": {"task": "project.tasks.expire_uploads", "schedule": 3600.0},
    "inspect-waiting": {
        "task": "project.tasks.inspect_waiting",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "derive-waiting": {
        "task": "project.tasks.derive_waiting",
        "schedule": 3.0,
        "options": {"expires": 3},
    },
    # At a quiet hour: it lists all files.
    "sweep-orphans": {
        "task": "project.tasks.sweep_orphans",
        "schedule": crontab(hour="3", minute="20"),
        "options": {"expires": 3600},
    },
    "index-what-lacks": {"task": "project.tasks.index_what_lacks", "schedule": 3600.0},
    "sweep-sessions": {"task": "project.tasks.sweep_sessions", "schedule": 3600.0},
}

if ENV == "test":
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    SECRET_KEY = "test"  # noqa: S105 -- tests seal nothing that lasts
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}
