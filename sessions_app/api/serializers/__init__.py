"""Sessions as the contract words them: what is told, what is typed, what is done with several."""

from sessions_app.api.serializers.names import PLATFORM_NAMES, STATUSES, by_our_names
from sessions_app.api.serializers.several import BulkSessions, BulkSessionsReport
from sessions_app.api.serializers.told import SessionDetail, SessionRow, row_of
from sessions_app.api.serializers.typed import (
    CancelSession,
    CompleteSession,
    NewSession,
    PartOfSession,
    RateSession,
    RescheduleSession,
    SayHeld,
    WholeSession,
    place_stays,
    start_of,
)

__all__ = [
    "PLATFORM_NAMES",
    "STATUSES",
    "BulkSessions",
    "BulkSessionsReport",
    "CancelSession",
    "CompleteSession",
    "NewSession",
    "PartOfSession",
    "RateSession",
    "RescheduleSession",
    "SayHeld",
    "SessionDetail",
    "SessionRow",
    "WholeSession",
    "by_our_names",
    "place_stays",
    "row_of",
    "start_of",
]
