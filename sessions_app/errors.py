"""What a session refuses, in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from naksha.errors import DomainError, InvalidState


class WebinarFull(DomainError):
    """No seat is free. Join the waitlist, or take another date."""

    sentence = _("The last seat has just gone. You can join the waitlist, or choose another date.")
    code = "SLOT_TAKEN"


class WebinarClosed(DomainError):
    """It has begun, is over, or is called off."""

    sentence = _("This webinar can't be booked any more. Choose another date.")


class SeatTaken(DomainError):
    """One person, one seat."""

    sentence = _(
        "This mail address already has a seat in this webinar. Look in your mail for the link that opens the booking."
    )


class NotRateable(DomainError):
    """Only a client of a completed session rates it."""

    sentence = _("A session can be rated once it is completed, by the client who had it.")


class TooLateToRate(DomainError):
    """The sixty days are over."""

    sentence = _("A session can be rated within 60 days. This one ended longer ago.")


class AlreadyRated(DomainError):
    """One session, one review by its client."""

    sentence = _("You have rated this session already. A review is given once.")


class AlreadyAnswered(DomainError):
    """One review, one reply."""

    sentence = _("You have answered this review already. A reply is given once.")


class WordsWrong(DomainError):
    """What was typed can't be kept; the sentence says why."""

    code, http_status = "VALIDATION_ERROR", 400


class MeetingNotYet(InvalidState):
    """The door opens ten minutes before the start."""

    sentence = _("The meeting opens 10 minutes before the start. Stay on this page: it opens by itself.")


class MeetingClosed(InvalidState):
    """An hour past the end, called off, or never online."""

    sentence = _("This meeting is closed. You can still read what was said here.")


class MeetingNotReady(InvalidState):
    """The room's provider has not answered yet."""

    sentence = _("The meeting link is being made. Try again in a minute.")


class NotesChanged(InvalidState):
    """Somebody has written in another window."""

    sentence = _("These notes were changed in another window. What you wrote is still here; choose which to keep.")


class TooSoon(InvalidState):
    """It can't be said yet: it has not begun, or the other side still has time to come."""

    sentence = _("It is too soon for that.")


class TooLate(InvalidState):
    """The clock no longer allows it."""

    sentence = _("It is too late for that.")


class TheyCame(InvalidState):
    """The join log shows that the client came: that is no no-show."""

    sentence = _("The join log shows that your client came. Complete the session instead.")


class YouDidNotCome(InvalidState):
    """The join log does not show the consultant either: nobody waited in vain."""

    sentence = _("The join log does not show you in the meeting. Join it first, so that it shows that you waited.")


class AnsweredAlready(InvalidState):
    """One answer, once: what follows from it has happened."""

    sentence = _("You have answered already. If that was a mistake, write to your consultant.")


class QuoteChanged(DomainError):
    """The refund that was shown is not the refund of now. Nothing has been cancelled; show the new one."""

    sentence = _("The refund has changed since this page was opened. Look at it again before you cancel.")


class NothingOwed(InvalidState):
    """Nothing is left to pay, or nothing is asked for in this state."""

    sentence = _("There is nothing to pay for this session.")


class MessageRefused(DomainError):
    """It says nothing, or too much."""

    sentence = _("Write a message first.")
    code, http_status, about = "VALIDATION_ERROR", 400, "body"


class FileRefused(DomainError):
    """A file that isn't what it should be, is too large, or is one too many."""

    code, http_status = "VALIDATION_ERROR", 400


class ChatClosed(DomainError):
    """Long after the session, its messages can only be read."""

    sentence = _("This chat is closed: it can be read, but not written in.")


class TooManyMessages(DomainError):
    """A sender's messages of one minute are used up. ``retry_after`` is in seconds."""

    sentence = _("You are sending messages very quickly. Wait a minute, then go on.")
    code, http_status = "RATE_LIMIT_EXCEEDED", 429

    def __init__(self, retry_after: int) -> None:
        super().__init__()
        self.retry_after = retry_after


class TooLateToChange(DomainError):
    """A message stands after fifteen minutes, as others have read it."""

    sentence = _("A message can be changed for 15 minutes. This one is older.")


class NotInChat(Exception):
    """This person has no place in the conversation (any more): to them it isn't there."""
