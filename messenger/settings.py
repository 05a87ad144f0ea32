"""The settings. Every value that differs between installations is an environment variable.

Each URL that is set replaces one embedded part: DATABASE_URL, KAFKA_BOOTSTRAP_SERVERS, MONGODB_URI,
REDIS_URL, STORAGE_URL. README.md lists all variables; a test holds it to this file.
"""

import warnings
from pathlib import Path

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from messenger import environment
from messenger.api_settings import REST_FRAMEWORK, REST_KNOX, SPECTACULAR_SETTINGS  # noqa: F401
from operations import logs

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = environment.folder("DATA_DIR", BASE_DIR / "var")

DATABASE_URL = environment.url("DATABASE_URL", ("mysql", "sqlite"), path_required=True)
DATABASE_PASSWORD = environment.text("DATABASE_PASSWORD")
if DATABASE_PASSWORD and not environment.lacks_password(DATABASE_URL):
    raise ImproperlyConfigured("DATABASE_PASSWORD is set: DATABASE_URL must name a user and no password.")
KAFKA_BOOTSTRAP_SERVERS = environment.servers("KAFKA_BOOTSTRAP_SERVERS")
KAFKA_TOPIC = environment.text("KAFKA_TOPIC", "messenger.events")
KAFKA_PARTITIONS = environment.whole_number("KAFKA_PARTITIONS", 12)
if KAFKA_PARTITIONS > 4_095:  # what a position has room for
    raise ImproperlyConfigured(f"KAFKA_PARTITIONS={KAFKA_PARTITIONS}: at most 4095 are possible.")
if environment.text("KAFKA_TOPIC") and not KAFKA_BOOTSTRAP_SERVERS:
    raise ImproperlyConfigured("KAFKA_TOPIC is set but KAFKA_BOOTSTRAP_SERVERS is not: set both or neither.")
MONGODB_URI = environment.url("MONGODB_URI", ("mongodb", "mongodb+srv"), path_required=True)
# Where events go before the log may forget them, and after how many days it does; unset: never.
LOG_ARCHIVE = Path(environment.text("LOG_ARCHIVE", str(DATA_DIR / "log-archive")))
LOG_RETENTION_DAYS = environment.whole_number("LOG_RETENTION_DAYS", None)
REDIS_URL = environment.url("REDIS_URL", ("redis", "rediss"))
STORAGE_URL = environment.bucket("STORAGE_URL")

DEBUG = environment.switch("DEBUG", default=False)
# A site that people reach over https only, behind so many proxies of ours that end TLS.
HTTPS = environment.switch("HTTPS", default=False)
TRUSTED_PROXIES = environment.whole_number("TRUSTED_PROXIES", 0, least=0)
HSTS_SECONDS = environment.whole_number("HSTS_SECONDS", 365 * 24 * 3600, least=0)
if HTTPS and DEBUG:
    raise ImproperlyConfigured(
        "DEBUG is on and HTTPS is on: stack traces are not for those who come by https."
    )
if HTTPS and not TRUSTED_PROXIES:
    raise ImproperlyConfigured("HTTPS is on but TRUSTED_PROXIES is not set: a proxy in front has to end TLS.")
RATE_LIMITS = environment.switch("RATE_LIMITS", default=True)
HOST = environment.text("HOST", "127.0.0.1")
PORT = environment.port("PORT", 8000)
WEB_PROCESSES = environment.whole_number("WEB_PROCESSES", 1)
# Seconds from SIGTERM, when /readyz turns, until the site stops listening: what a balancer needs to notice.
LEAVE_SECONDS = environment.whole_number("LEAVE_SECONDS", 0)

SECRET_KEY = environment.secret("SECRET_KEY", DATA_DIR, least=50)
# Goes into every PIN's hash: without it a stolen table of 10,000 possible PINs would be guessed in seconds.
PIN_PEPPER = environment.secret("PIN_PEPPER", DATA_DIR, least=32)
# Web Push (RFC 8292): "mailto:…" or a URL where push services reach the operator; without it there is none.
VAPID_SUBJECT = environment.text("VAPID_SUBJECT")
VAPID_PRIVATE_KEY = environment.secret(
    "VAPID_PRIVATE_KEY", DATA_DIR, 32
)  # a private number of P-256 in base64url
# The site posts to the addresses that browsers name, so only to services that are known.
PUSH_SERVICES = environment.words(
    "PUSH_SERVICES",
    "https://fcm.googleapis.com,https://updates.push.services.mozilla.com,https://web.push.apple.com,"
    "https://*.notify.windows.com",
)
# Where letters to people are handed over and whom they come from; without it none is sent (accounts/mail.py).
EMAIL_URL = environment.mail_server("EMAIL_URL")
EMAIL_FROM = environment.sender("EMAIL_FROM")
if bool(EMAIL_URL) != bool(EMAIL_FROM):
    raise ImproperlyConfigured("EMAIL_URL and EMAIL_FROM belong together: set both or neither.")
PASSWORD_RESET_TIMEOUT = 3600  # seconds
# Won. The defaults are the highest limits that Korean internet banking gives a person.
TRANSFER_LIMIT = environment.whole_number("TRANSFER_LIMIT", 100_000_000)
DAY_LIMIT = environment.whole_number("DAY_LIMIT", 500_000_000)
ALLOWED_HOSTS = environment.hosts("ALLOWED_HOSTS", f"127.0.0.1,localhost,[::1],{HOST}")
CSRF_TRUSTED_ORIGINS = environment.words("CSRF_TRUSTED_ORIGINS")
METRICS_TOKEN = environment.text("METRICS_TOKEN")
METRICS_PORT = environment.port("METRICS_PORT")

INSTALLED_APPS = [
    "accounts.admin_app.OperatorAdmin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "channels",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "knox",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "django_prometheus",
    "messenger",
    "accounts",
    "chat",
    "wallets",
    "operations",
    "console",
]

MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "messenger.protection.protect",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "messenger.compression.CompressText",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "operations.requests.person_of_request",
    "accounts.sightings.note_browser",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]

ROOT_URLCONF = "messenger.urls"
ASGI_APPLICATION = "messenger.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]


def _databases() -> dict:
    if not DATABASE_URL or DATABASE_URL.startswith("sqlite"):
        path = dj_database_url.parse(DATABASE_URL)["NAME"] if DATABASE_URL else DATA_DIR / "db.sqlite3"
        # Without recursive triggers a REPLACE would delete rows of the books behind their guards' backs.
        pragmas = ("journal_mode=WAL", "synchronous=FULL", "recursive_triggers=ON")
        options = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "".join(f"PRAGMA {pragma};" for pragma in pragmas),
        }
        return {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": path, "OPTIONS": options}}
    # No connection outlives its request: under ASGI each request has a thread of its own.
    database = dj_database_url.parse(DATABASE_URL)
    database["PASSWORD"] = DATABASE_PASSWORD or database["PASSWORD"]
    database["OPTIONS"] = {
        **database.get("OPTIONS", {}),
        "charset": "utf8mb4",
        "isolation_level": "read committed",
        # InnoDB's own 50 s are longer than anybody waits for an answer; our locks are held for milliseconds.
        "init_command": "SET sql_mode='STRICT_ALL_TABLES', innodb_lock_wait_timeout=5",
        "connect_timeout": 5,
    }
    return {"default": database}


DATABASES = _databases()
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

if REDIS_URL:
    CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.core.RedisChannelLayer",
            # Seconds until a process that was killed is forgotten; a living one joins again each minute.
            "CONFIG": {"hosts": [REDIS_URL], "group_expiry": 180},
        }
    }
    CACHES = {
        "default": {
            "BACKEND": "messenger.cache.ForgivingRedisCache",
            "LOCATION": REDIS_URL,
            "OPTIONS": {"socket_connect_timeout": 0.5, "socket_timeout": 0.5},
        }
    }
else:
    CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    CACHES = {"default": {"BACKEND": "messenger.cache.LocalCache"}}

# The ports of the pipeline, built once per process by chat/pipeline/parts.py.
if KAFKA_BOOTSTRAP_SERVERS:
    _log = (
        "chat.pipeline.kafka.KafkaLog",
        {"servers": KAFKA_BOOTSTRAP_SERVERS, "topic": KAFKA_TOPIC, "partitions": KAFKA_PARTITIONS},
    )
else:
    _log = ("chat.pipeline.embedded.SqliteLog", {"path": DATA_DIR / "log.sqlite3"})
# A process follows the whole log, or only the partitions of channels that somebody there is in.
FOLLOW_PARTITIONS = environment.choice("FOLLOW_PARTITIONS", ("all", "needed"), "all")
if MONGODB_URI:
    _store = ("chat.pipeline.mongo.MongoStore", {"uri": MONGODB_URI})
    _index = ("chat.search.mongo.MongoIndex", {"uri": MONGODB_URI})
else:
    _store = ("chat.pipeline.embedded_store.SqliteStore", {"path": DATA_DIR / "messages.sqlite3"})
    _index = ("chat.search.embedded.SqliteIndex", {"path": DATA_DIR / "search.sqlite3"})
EVENT_LOG = {"BACKEND": _log[0], "OPTIONS": _log[1]}
MESSAGE_STORE = {"BACKEND": _store[0], "OPTIONS": _store[1]}
SEARCH_INDEX = {"BACKEND": _index[0], "OPTIONS": _index[1]}

# Photos and files of channels, never under a public address: chat/attachments/views.py hands them out.
if STORAGE_URL:
    _files = {"BACKEND": "chat.attachments.bucket.BucketStorage", "OPTIONS": STORAGE_URL}
else:
    _files = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": DATA_DIR / "files",
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    }
STORAGES = {
    "default": _files,
    # `collectstatic` lays a compressed copy beside each file; addresses stay as they are.
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
FILE_UPLOAD_HANDLERS = ["chat.attachments.uploads.UploadToDisk"]
PHOTO_MEGABYTES = environment.whole_number("PHOTO_MEGABYTES", 20)
PHOTO_MEGAPIXELS = environment.whole_number("PHOTO_MEGAPIXELS", 50)
FILE_MEGABYTES = environment.whole_number("FILE_MEGABYTES", 50)
UPLOAD_DAY_MEGABYTES = environment.whole_number("UPLOAD_DAY_MEGABYTES", 1_000)

# Operators without one-time codes find the admin site shut.
ADMIN_NEEDS_CODE = environment.switch("ADMIN_NEEDS_CODE", default=False)
OTP_TOTP_ISSUER = "회비관리 메신저"
OTP_TOTP_THROTTLE_FACTOR = OTP_STATIC_THROTTLE_FACTOR = 0  # accounts/attempts.py counts wrong codes
AUTH_USER_MODEL = "accounts.User"
KNOX_TOKEN_MODEL = "knox.AuthToken"  # noqa: S105 knox's own default, for which migrations ask the settings
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "chat:channels"
LOGOUT_REDIRECT_URL = "accounts:login"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
SESSION_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
if HTTPS:  # browsers take a cookie of such a name from this very host only, never from a neighbouring one
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
CSRF_FAILURE_VIEW = "messenger.problems.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = HSTS_SECONDS if HTTPS else 0
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^metrics$", r"^healthz$", r"^readyz$"]  # asked from inside, past the proxy
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
# Other hosts of the same domain, and lists kept by browser makers, are not this site's to decide on.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]

LANGUAGE_CODE = "ko"
LANGUAGES = [("ko", "한국어"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Seoul"
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
_collected = environment.text("STATIC_ROOT")
STATIC_ROOT = Path(_collected) if _collected else BASE_DIR / "staticfiles"
# Never both: the sources found would stand before the collected files and their compressed copies.
WHITENOISE_USE_FINDERS = not _collected
# `make bundle` names files by their content; browsers keep them for good.
WHITENOISE_IMMUTABLE_FILE_TEST = r"/static/built/\w+-[0-9A-Z]{8}\.(js|css)$"
# Until `collectstatic` makes that folder, the finders serve; its absence is no news.
warnings.filterwarnings("ignore", message="No directory at", category=UserWarning)
# WhiteNoise hands its small files over synchronously; Django reads them whole, which is all right.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous iterators")

LOGGING = logs.configuration(
    environment.choice("LOG_FORMAT", ("line", "json"), "line"),
    environment.choice("LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR"), "INFO"),
)
