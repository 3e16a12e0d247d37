"""The conversation beside a session. The database is the truth; sockets only carry what is written here.

Two numbers count up in a conversation, both under the lock of its row: ``sequence`` orders its messages for good, and
``version`` is the place of the last change (a message sent, edited or deleted) in the feed of changes. Whoever comes
back asks for every message whose version is past the last that they have, and so misses neither words nor changes.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from consultants.models import private_storage
from naksha.db import Row, db_now
from sessions_app.models.session import Session, Side, side_fits_client


class Conversation(Row):
    session = models.OneToOneField(Session, on_delete=models.CASCADE, related_name="conversation")
    last_sequence = models.PositiveBigIntegerField(default=0)
    last_version = models.PositiveBigIntegerField(default=0)
    last_message_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(last_sequence__lte=F("last_version")), name="conversation_version_covers_sequence"
            ),
        ]

    def __str__(self) -> str:
        return f"Conversation of {self.session_id}"


class Member(Row):
    """Somebody in a conversation: the consultant, or one of the session's clients, with or without a login."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="members")
    side = models.CharField(max_length=10, choices=Side)
    client = models.ForeignKey(
        "clients.Client", null=True, blank=True, on_delete=models.PROTECT, related_name="memberships"
    )
    last_read_sequence = models.PositiveBigIntegerField(default=0)
    last_read_at = models.DateTimeField(null=True, blank=True)
    last_seen_at = models.DateTimeField(null=True, blank=True)  # presence: there if this is young
    # When what is unread goes out as one mail; empty while nothing waits.
    digest_due_at = models.DateTimeField(null=True, blank=True)
    digested_sequence = models.PositiveBigIntegerField(default=0)  # what a mail has told already

    class Meta:
        constraints = [
            models.CheckConstraint(condition=side_fits_client(), name="member_side_fits_client"),
            models.UniqueConstraint(fields=["conversation", "client"], name="member_once_for_client"),
            models.UniqueConstraint(
                fields=["conversation"], condition=Q(side="consultant"), name="member_one_consultant"
            ),
        ]
        indexes = [
            models.Index(fields=["digest_due_at"], condition=Q(digest_due_at__isnull=False), name="member_digest_due")
        ]


class Message(Row):
    class Kind(models.TextChoices):
        TEXT = "text", _("Message")
        SYSTEM = "system", _("What happened")

    # Both have an index that begins with them, by a constraint below; one more would be written with each message.
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="messages", db_index=False)
    sequence = models.PositiveBigIntegerField()
    version = models.PositiveBigIntegerField()
    member = models.ForeignKey(
        Member, null=True, blank=True, on_delete=models.PROTECT, related_name="messages", db_index=False
    )
    kind = models.CharField(max_length=6, choices=Kind, default=Kind.TEXT)
    # Made by the sender's device, so that a retry finds the row instead of posting twice.
    client_message_id = models.UUIDField(null=True, blank=True)
    body = models.TextField(max_length=4000, blank=True)
    sent_at = models.DateTimeField(default=db_now)
    edited_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)  # the words are gone from the row; its trace keeps them

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conversation", "sequence"], name="message_sequence_unique"),
            models.UniqueConstraint(fields=["conversation", "version"], name="message_version_unique"),
            models.UniqueConstraint(fields=["member", "client_message_id"], name="message_sent_once"),
            models.CheckConstraint(condition=Q(sequence__lte=F("version")), name="message_version_covers_sequence"),
            models.CheckConstraint(
                condition=Q(kind="system", member__isnull=True)
                | Q(kind="text", member__isnull=False, client_message_id__isnull=False),
                name="message_has_sender",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id} #{self.sequence}"


class MessageTrace(Row):
    """What a message said before it was edited or deleted. For admins who look into a complaint."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="traces")
    body = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    deleted = models.BooleanField(default=False)


class Attachment(Row):
    """A file of a message. Served only by a view that checks who asks."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attachments")
    # The message's own, so that the files of a long chat are found without going through what was said in it.
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="files", db_index=False)
    file = models.FileField(upload_to="chat/", storage=private_storage)
    original_name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=80)
    size = models.PositiveIntegerField()  # bytes
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["message", "position"], name="attachment_position_unique"),
        ]
        indexes = [models.Index(fields=["conversation", "created_at"], name="attachment_of_conversation")]

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.conversation_id = self.message.conversation_id
        super().save(*args, **kwargs)

    def __str__(self) -> str:
        return self.original_name


class Upload(Row):
    """A file that its owner has sent ahead, to go with a message of theirs. The message takes the file over and this
    row goes; what no message has taken after a day is swept."""

    class Kind(models.TextChoices):
        IMAGE = "image", _("Picture")
        PDF = "pdf", _("PDF")
        AUDIO = "audio", _("Sound")
        VIDEO = "video", _("Video")

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="uploads")
    kind = models.CharField(max_length=5, choices=Kind)
    file = models.FileField(upload_to="uploads/", storage=private_storage)
    original_name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=80)
    size = models.PositiveIntegerField()  # bytes

    class Meta:
        indexes = [models.Index(fields=["created_at"], name="upload_by_age")]

    def __str__(self) -> str:
        return self.original_name
