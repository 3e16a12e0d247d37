"""Files that are sent ahead of the message they go with: kept for their owner, taken over once, else swept.

The row is written before the file and deleted after it, so that a crash leaves no file without a row: the sweeper finds
it. Whoever takes a file over, and the sweeper, lock its row first.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Count, Sum
from django.utils.translation import gettext as _

from accounts.models import User
from naksha.db import db_now, give_back_connection
from naksha.errors import InvalidState
from sessions_app.errors import FileRefused
from sessions_app.models import Attachment, Message, Upload
from sessions_app.upload_files import read_upload

KEPT = timedelta(days=1)
MOST_WAITING = 20
MOST_BYTES_WAITING = 600 * 1024 * 1024
SWEPT_AT_ONCE = 200


def keep(*, owner: User, upload: UploadedFile) -> Upload:
    """Keep a picture, PDF, sound or video for ``owner``. What it is, is read from its content; a picture is drawn anew.

    Raises FileRefused, or InvalidState while too much of theirs waits for a message.
    """
    give_back_connection()  # pictures take their time
    file = read_upload(upload)
    row = Upload(owner=owner, kind=file.kind, original_name=file.name, content_type=file.content_type, size=file.size)
    row.file.name = f"uploads/{row.pk.hex}.bin"
    with transaction.atomic():
        User.objects.select_for_update(of=("self",), no_key=True).get(pk=owner.pk)
        waits = Upload.objects.filter(owner=owner).aggregate(n=Count("pk"), size=Sum("size"))
        if waits["n"] >= MOST_WAITING or (waits["size"] or 0) + file.size > MOST_BYTES_WAITING:
            raise InvalidState(_("Many of your files wait to be sent. Send or delete some of them first."))
        row.save(force_insert=True)
    try:
        row.file.storage.save(row.file.name, file.content)
    except BaseException:
        _delete(row)
        raise
    return row


def take_over(ids: Sequence[UUID], *, owner: User | None, message: Message, first: int) -> list[Attachment]:
    """Make the owner's uploads files of ``message``, in the caller's transaction, from position ``first`` on.

    Raises FileRefused for one that there isn't (any more), or that is another's.
    """
    young = Upload.objects.filter(owner=owner, created_at__gt=db_now() - KEPT)
    found = {row.pk: row for row in young.filter(pk__in=ids).order_by("pk").select_for_update()}
    if owner is None or len(found) < len(ids):
        raise FileRefused(_("A file is not there any more. Upload it again."))
    taken = []
    for position, upload_id in enumerate(ids, first):
        row = found[upload_id]
        taken.append(
            Attachment(
                message=message,
                conversation_id=message.conversation_id,
                file=row.file.name,
                original_name=row.original_name,
                content_type=row.content_type,
                size=row.size,
                position=position,
            )
        )
    Attachment.objects.bulk_create(taken)
    Upload.objects.filter(pk__in=found).delete()
    return taken


def drop(*, owner: User, upload_id: UUID) -> None:
    """Delete one that waits. Raises Upload.DoesNotExist."""
    with transaction.atomic():
        _delete(Upload.objects.select_for_update().get(pk=upload_id, owner=owner))


def sweep() -> int:
    """Delete what waits for more than a day. Returns how many."""
    old = Upload.objects.filter(created_at__lte=db_now() - KEPT).order_by("created_at")
    swept = 0
    for upload_id in list(old.values_list("pk", flat=True)[:SWEPT_AT_ONCE]):
        with transaction.atomic():
            row = Upload.objects.select_for_update(skip_locked=True).filter(pk=upload_id).first()
            if row is not None:
                _delete(row)
                swept += 1
    return swept


def _delete(row: Upload) -> None:
    row.file.delete(save=False)
    row.delete()
