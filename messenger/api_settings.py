"""How the API answers and describes itself: part of the settings, read by messenger/settings.py."""

from datetime import timedelta

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
        "ReportReasonEnum": "chat.models.ReportReason",
        "WalletRoleEnum": "wallets.models.WalletRole",
        "WalletKindEnum": "wallets.models.WalletKind",
        "TransferKindEnum": "wallets.models.TransferKind",
        "ScheduleStateEnum": "wallets.models.ScheduleState",
        "SpendStateEnum": "wallets.models.SpendState",
    },
}
