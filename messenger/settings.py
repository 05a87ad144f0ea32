"""The one settings file. Every value that differs between installations is an environment variable.

Each URL that is set replaces one embedded part: DATABASE_URL, KAFKA_BOOTSTRAP_SERVERS, MONGODB_URI,
REDIS_URL. README.md lists all variables; a test holds it to this file.
"""

import contextlib
import secrets
import warnings
from datetime import timedelta
from pathlib import Path

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from messenger import environment
from operations import logs

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = environment.folder("DATA_DIR", BASE_DIR / "var")

DATABASE_URL = environment.url("DATABASE_URL", ("mysql", "sqlite"), path_required=True)
KAFKA_BOOTSTRAP_SERVERS = environment.servers("KAFKA_BOOTSTRAP_SERVERS")
KAFKA_TOPIC = environment.text("KAFKA_TOPIC", "messenger.events")
if environment.text("KAFKA_TOPIC") and not KAFKA_BOOTSTRAP_SERVERS:
    raise ImproperlyConfigured("KAFKA_TOPIC is set but KAFKA_BOOTSTRAP_SERVERS is not: set both or neither.")
MONGODB_URI = environment.url("MONGODB_URI", ("mongodb", "mongodb+srv"), path_required=True)
REDIS_URL = environment.url("REDIS_URL", ("redis", "rediss"))

DEBUG = environment.switch("DEBUG", default=False)
RATE_LIMITS = environment.switch("RATE_LIMITS", default=True)
HOST = environment.text("HOST", "127.0.0.1")
PORT = environment.port("PORT", 8000)
WEB_PROCESSES = environment.whole_number("WEB_PROCESSES", 1)


def _secret(name: str) -> str:
    """The secret of this name, or one made once for this data folder: sessions and PINs outlive a restart
    without a set-up step."""
    given = environment.text(name)
    if given:
        return given
    path = DATA_DIR / name.lower()
    if not path.exists():
        fresh = DATA_DIR / f"{name.lower()}.{secrets.token_hex(4)}"
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(50))
        with contextlib.suppress(FileExistsError):  # another process was first: its key is used
            path.hardlink_to(fresh)
        fresh.unlink()
    return path.read_text()


SECRET_KEY = _secret("SECRET_KEY")
# Goes into every PIN's hash: without it a stolen table of 10,000 possible PINs would be guessed in seconds.
PIN_PEPPER = _secret("PIN_PEPPER")
# Won. The defaults are the highest limits that Korean internet banking gives a person.
TRANSFER_LIMIT = environment.whole_number("TRANSFER_LIMIT", 100_000_000)
DAY_LIMIT = environment.whole_number("DAY_LIMIT", 500_000_000)
ALLOWED_HOSTS = environment.words("ALLOWED_HOSTS", f"127.0.0.1,localhost,[::1],{HOST}")
CSRF_TRUSTED_ORIGINS = environment.words("CSRF_TRUSTED_ORIGINS")
METRICS_TOKEN = environment.text("METRICS_TOKEN")
METRICS_PORT = environment.port("METRICS_PORT")

INSTALLED_APPS = [
    "django.contrib.admin",
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
    "django_prometheus",
    "messenger",
    "accounts",
    "chat",
    "wallets",
    "operations",
]

MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "operations.requests.person_of_request",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
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
        "default": {"BACKEND": "channels_redis.core.RedisChannelLayer", "CONFIG": {"hosts": [REDIS_URL]}}
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

# The two ports of the pipeline, built once per process by chat/pipeline/parts.py.
if KAFKA_BOOTSTRAP_SERVERS:
    EVENT_LOG = {
        "BACKEND": "chat.pipeline.kafka.KafkaLog",
        "OPTIONS": {"servers": KAFKA_BOOTSTRAP_SERVERS, "topic": KAFKA_TOPIC},
    }
else:
    EVENT_LOG = {
        "BACKEND": "chat.pipeline.embedded.SqliteLog",
        "OPTIONS": {"path": DATA_DIR / "log.sqlite3"},
    }
if MONGODB_URI:
    MESSAGE_STORE = {"BACKEND": "chat.pipeline.mongo.MongoStore", "OPTIONS": {"uri": MONGODB_URI}}
else:
    MESSAGE_STORE = {
        "BACKEND": "chat.pipeline.embedded_store.SqliteStore",
        "OPTIONS": {"path": DATA_DIR / "messages.sqlite3"},
    }

AUTH_USER_MODEL = "accounts.User"
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
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "messenger.problems.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.authentication.BearerAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PARSER_CLASSES": ["messenger.api.ShallowJSONParser"],
    "DEFAULT_PAGINATION_CLASS": "messenger.api.CursorPages",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "messenger.api.problem_response",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
REST_KNOX = {
    "AUTH_HEADER_PREFIX": "Bearer",
    "TOKEN_TTL": timedelta(days=30),
    "AUTO_REFRESH": False,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "회비관리 메신저 API",
    "DESCRIPTION": "Channels that talk, and their money. Errors are problem documents (RFC 9457) with a "
    "stable `code`.\n\n**Money** is a JSON integer number of won; 1.5, “1000” and true are refused as "
    "`amount_invalid`. A POST that moves money needs the header `Idempotency-Key` (1 to 255 characters, new "
    "for each intention): without it 400 `idempotency_key_required`; the same key and body again are "
    "answered with the first answer and `Idempotency-Replayed: true`; another body is 422 "
    "`idempotency_key_reused`. A refusal moves nothing and does not use up its key. In a transfer the wallet "
    "`null`, labelled “outside”, is where deposits come from. Times are UTC; days and months are "
    "Korean.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "SWAGGER_UI_DIST": "SIDECAR",  # served from here: the page works without the internet
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "messenger.schema.describe_problems",
    ],
    "ENUM_NAME_OVERRIDES": {
        "RoleEnum": "chat.models.Role",
        "WalletRoleEnum": "wallets.models.WalletRole",
        "WalletKindEnum": "wallets.models.WalletKind",
        "TransferKindEnum": "wallets.models.TransferKind",
        "ScheduleStateEnum": "wallets.models.ScheduleState",
        "SpendStateEnum": "wallets.models.SpendState",
    },
}

LANGUAGE_CODE = "ko"
LANGUAGES = [("ko", "한국어"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Seoul"
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = BASE_DIR / "staticfiles"
WHITENOISE_USE_FINDERS = True
# Until `collectstatic` makes that folder, the finders serve; its absence is no news.
warnings.filterwarnings("ignore", message="No directory at", category=UserWarning)
# WhiteNoise hands its small files over synchronously; Django reads them whole, which is all right.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous iterators")

LOGGING = logs.configuration(
    environment.choice("LOG_FORMAT", ("line", "json"), "line"),
    environment.choice("LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR"), "INFO"),
)
