"""The JSON API: DRF as the contract wants it, and its OpenAPI document."""

from __future__ import annotations

from typing import Any

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.api.auth.BearerAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.api.auth.Login"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["naksha.api.parsers.Json"],
    "DEFAULT_METADATA_CLASS": None,  # the document says what there is; OPTIONS is a method like another
    "DEFAULT_SCHEMA_CLASS": "naksha.api.schema.Schema",
    "EXCEPTION_HANDLER": "naksha.api.errors.handler",
    "URL_FORMAT_OVERRIDE": None,
}

SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Naksha",
    "VERSION": "1",
    "DESCRIPTION": "Bookings, sessions and payments of independent consultants, with the rules of the pages. A method "
    "that an address does not know is answered with 405 METHOD_NOT_ALLOWED, an address that there is not with 404 "
    "NOT_FOUND.",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["accounts.api.auth.Anybody"],
    "SERVE_AUTHENTICATION": [],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": ["drf_spectacular.hooks.postprocess_schema_enums", "naksha.api.schema.any_address"],
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "SORT_OPERATIONS": False,
    # What the document calls a set of choices that more than one field has.
    "ENUM_NAME_OVERRIDES": {
        "ServicePlatform": ["JITSI", "LINK", "PHONE", "IN_PERSON"],
        "HoursType": ["WEEKLY", "DATE"],
        "NotificationType": ["BOOKING", "SESSION", "MESSAGE", "PAYMENT", "REVIEW", "SYSTEM"],
        "BroadcastStatus": ["WAITING", "SENT"],
        "RoomStatus": ["PENDING", "READY", "FAILED"],
        "SessionPlatform": "sessions_app.api.serializers.PLATFORM_NAMES",
        "SessionHeld": ["HELD", "NOT_HELD"],
        "SessionStatus": "sessions_app.api.serializers.STATUSES",
        "UpOrDown": "accounts.api.views.health.STATES",
        "BookingStatus": ["HELD", "PENDING", "ACCEPTED", "REJECTED", "CANCELLED", "EXPIRED", "ABANDONED"],
        "QuotationStatus": ["DRAFT", "SENT", "VIEWED", "ACCEPTED", "PAID", "DECLINED", "EXPIRED"],
        "QuotationEnding": ["LAPSED", "REVISED", "WITHDRAWN", "CALLED_OFF"],
        "RefundStatus": ["PENDING", "PROCESSING", "PROCESSED", "FAILED"],
        "ImportStatus": ["MAPPING", "CHECKING", "CHECKED", "RUNNING", "DONE", "FAILED", "DROPPED"],
        "PaymentType": ["FULL", "DEPOSIT", "BALANCE"],
        "ServiceKind": ["PERSONAL", "WEBINAR"],
        "QuestionKind": ["SHORT", "LONG", "CHOICE"],
        "BankAccountType": ["SAVINGS", "CURRENT"],
        "ConsultantMove": "consultants.api.admin_shapes.MOVES",
        "AccountType": "accounts.api.serializers.ROLES",
        "NewAccountType": "accounts.api.serializers.ACCOUNT_TYPES",
    },
}
