from consultants.models.bank import BankAccount
from consultants.models.consultant import (
    ApprovalDocument,
    BookingPolicy,
    City,
    Consultant,
    ConsultantQuerySet,
    Field,
    Language,
    SavedConsultant,
    Service,
    ServiceQuerySet,
    ServiceQuestion,
    SlugRedirect,
    private_storage,
    usual_reminders,
)
from consultants.models.frozen import FrozenTerms
from consultants.models.mailwords import MailWords
from consultants.models.suspension import Suspension, Undoing

__all__ = [
    "ApprovalDocument",
    "BankAccount",
    "BookingPolicy",
    "City",
    "Consultant",
    "ConsultantQuerySet",
    "Field",
    "FrozenTerms",
    "Language",
    "MailWords",
    "SavedConsultant",
    "Service",
    "ServiceQuerySet",
    "ServiceQuestion",
    "SlugRedirect",
    "Suspension",
    "Undoing",
    "private_storage",
    "usual_reminders",
]
