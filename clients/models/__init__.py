"""A consultant's clients, what is kept of them, and lists of them that are taken in."""

from clients.models.client import Client, ClientAddress, ClientProfile
from clients.models.importing import ClientImport, ImportRow
from clients.models.keeping import MOST_TAGS, ClientNote, CustomField, CustomValue, Tag

__all__ = [
    "MOST_TAGS",
    "Client",
    "ClientAddress",
    "ClientImport",
    "ClientNote",
    "ClientProfile",
    "CustomField",
    "CustomValue",
    "ImportRow",
    "Tag",
]
