"""The papers of an application: checked, stored out of the web's reach, taken back."""

from __future__ import annotations

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from uuid_utils.compat import uuid7

from accounts import audit
from consultants.models import ApprovalDocument, Consultant
from naksha.errors import DomainError, InvalidState
from naksha.files import read_document, tidy_filename

MOST_DOCUMENTS = 10
Status = Consultant.Status
OPEN = frozenset({Status.DRAFT, Status.NEEDS_INFO, Status.REJECTED})


class TooManyDocuments(DomainError):
    sentence = gettext_lazy("Ten documents are the most. Remove one that isn't needed.")


def can_change_documents(consultant: Consultant) -> bool:
    """Papers can be added and removed while the application is with the consultant."""
    return consultant.status in OPEN


def add_document(*, consultant: Consultant, kind: str, upload: UploadedFile) -> ApprovalDocument:
    """Keep ``upload`` with the application. Raises ValidationError for its content, InvalidState, TooManyDocuments."""
    content = read_document(upload)
    name = tidy_filename(upload.name or "", extension=content.extension, fallback=_("document"))
    storage = ApprovalDocument._meta.get_field("file").storage  # type: ignore[union-attr]
    path = storage.save(f"approval/{consultant.pk}/{uuid7()}{content.extension}", upload)
    try:
        with transaction.atomic():
            consultant = Consultant.objects.select_for_update().get(pk=consultant.pk)
            if not can_change_documents(consultant):
                raise InvalidState(_("Documents can't be added now: the application is with our reviewers."))
            if consultant.documents.count() >= MOST_DOCUMENTS:
                raise TooManyDocuments
            document = ApprovalDocument.objects.create(
                consultant=consultant,
                kind=ApprovalDocument.Kind(kind),
                file=path,
                original_name=name,
                content_type=content.content_type,
                size=upload.size or 0,
            )
            audit.record(
                actor=consultant.user,
                action="consultant.document_added",
                subject=consultant,
                data={"document": str(document.pk), "kind": document.kind},
            )
    except BaseException:
        storage.delete(path)
        raise
    return document


@transaction.atomic
def remove_document(*, document: ApprovalDocument) -> None:
    """Take a paper back, and its file with it. Raises InvalidState once the application is with the reviewers."""
    consultant = Consultant.objects.select_for_update().get(pk=document.consultant_id)
    if not can_change_documents(consultant):
        raise InvalidState(_("Documents can't be removed now: the application is with our reviewers."))
    storage, path = document.file.storage, str(document.file.name)
    audit.record(
        actor=consultant.user,
        action="consultant.document_removed",
        subject=consultant,
        data={"document": str(document.pk), "kind": document.kind},
    )
    document.delete()
    transaction.on_commit(lambda: storage.delete(path))
