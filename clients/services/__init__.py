"""Every change of state of clients."""

from clients.services.becoming import claim, claim_confirmed, find_or_create, wake
from clients.services.keeping import (
    add_client,
    add_field,
    add_note,
    archive,
    change_client,
    change_field,
    chosen,
    delete_field,
    delete_note,
    restore,
)
from clients.services.merging import Plan, merge
from clients.services.merging import plan as merge_plan
from clients.services.profiles import fill_from_profile, profile_of, save_profile

__all__ = [
    "Plan",
    "add_client",
    "add_field",
    "add_note",
    "archive",
    "change_client",
    "change_field",
    "chosen",
    "claim",
    "claim_confirmed",
    "delete_field",
    "delete_note",
    "fill_from_profile",
    "find_or_create",
    "merge",
    "merge_plan",
    "profile_of",
    "restore",
    "save_profile",
    "wake",
]
