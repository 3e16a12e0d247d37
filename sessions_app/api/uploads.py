"""Files that an app sends ahead, to go with a message of the same person."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.auth import Party
from naksha.api.errors import refuse
from naksha.api.parsers import Json, check_form
from naksha.api.schema import ROLE, operation
from naksha.api.views import ApiView, FileView
from naksha.times import iso
from sessions_app.api import chat_words as words
from sessions_app.api import examples
from sessions_app.chat_serving import file_answer
from sessions_app.errors import FileRefused
from sessions_app.models import Upload
from sessions_app.services import uploading
from sessions_app.upload_files import MEDIA_BYTES

TAG = "Uploads"


class Uploads(ApiView):
    permission_classes = [Party]
    parser_classes = [MultiPartParser, Json]  # of JSON it says what is missing

    @operation(
        "uploads_create",
        "Upload a picture, PDF, sound or video",
        tag=TAG,
        request={"multipart/form-data": words.NewUpload},
        answer=words.UploadedFile,
        status=201,
        errors=[*ROLE, "INVALID_STATE"],
        request_example={"file": "Notice.pdf"},
        example=examples.UPLOAD,
        description="JPG, PNG, WebP or PDF of at most 10 MB; sound or video of at most 200 MB. What it is, is read "
        "from its content, and a picture is drawn anew, without where and when it was taken. A message takes it by its "
        "id (`attachments`), once; what no message has taken after a day is deleted.",
    )
    def post(self, request: Request) -> Response:
        check_form(request, field="file", most=MEDIA_BYTES, sentence=_("A file is at most 200 MB."))
        data = self.checked(words.NewUpload)
        try:
            kept = uploading.keep(owner=request.user, upload=data["file"])  # type: ignore[arg-type]
        except FileRefused as error:
            raise refuse("file", str(error)) from error
        return self.ok(upload_of(kept), _("Uploaded."), status=201)


def upload_of(upload: Upload) -> dict[str, Any]:
    return {
        "id": str(upload.pk),
        "kind": upload.kind.upper(),
        "name": upload.original_name,
        "contentType": upload.content_type,
        "sizeBytes": upload.size,
        "url": f"/api/v1/uploads/{upload.pk}",
        "expiresAt": iso(upload.created_at + uploading.KEPT),
    }


class OneUpload(FileView):
    permission_classes = [Party]

    @operation(
        "uploads_read",
        "One's own upload, while it waits",
        tag=TAG,
        produces="*/*",
        errors=[*ROLE, "NOT_FOUND"],
        description="Under its own media type, always as a file to keep.",
    )
    def get(self, request: Request, pk: UUID) -> HttpResponseBase:
        kept = get_object_or_404(Upload, pk=pk, owner=request.user)
        return file_answer(kept.file, name=kept.original_name, content_type=kept.content_type)

    @operation(
        "uploads_delete",
        "Delete an upload that waits",
        tag=TAG,
        errors=[*ROLE, "NOT_FOUND"],
    )
    def delete(self, request: Request, pk: UUID) -> Response:
        try:
            uploading.drop(owner=request.user, upload_id=pk)  # type: ignore[arg-type]
        except Upload.DoesNotExist:
            raise Http404 from None
        return self.ok(None, _("Deleted."))
