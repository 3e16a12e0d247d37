from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from consultants import photos, slugs
from consultants.api import examples
from consultants.api import serializers as shown
from consultants.api.base import OwnView
from consultants.forms.profile import ProfileForm
from consultants.models import Consultant
from consultants.services.profile import change_slug, locked, remove_photo, set_photo, update_profile
from naksha.api.errors import VALIDATION, ApiError, named, refuse
from naksha.api.parsers import Json, check_form
from naksha.api.schema import operation

# The form's names, where they are not the contract's but for their spelling.
_NAMES = {"display_name": "name", "fields_of_practice": "expertise"}


class ProfileView(OwnView):
    @operation(
        "consultant_profile_retrieve",
        "Your profile, and what is left to do",
        tag="Consultant",
        answer=shown.Profile,
        errors=["PERMISSION_DENIED"],
        example=examples.PROFILE,
    )
    def get(self, request: Request) -> Response:
        return self.ok(shown.Profile(self.consultant).data)

    @operation(
        "consultant_profile_update",
        "Replace your profile",
        tag="Consultant",
        request=shown.ProfileInput,
        answer=shown.Profile,
        errors=["PERMISSION_DENIED"],
        request_example=examples.PROFILE_INPUT,
        example=examples.PROFILE,
    )
    def put(self, request: Request) -> Response:
        return self._changed(self.checked(shown.ProfileInput))

    @operation(
        "consultant_profile_change",
        "Change some of your profile",
        tag="Consultant",
        request=shown.ProfileInput(partial=True),
        answer=shown.Profile,
        errors=["PERMISSION_DENIED"],
        request_example={"headline": "Tax for founders, in plain words"},
        example=examples.PROFILE,
    )
    def patch(self, request: Request) -> Response:
        return self._changed(self.checked(shown.ProfileInput, partial=True))

    def _changed(self, given: dict[str, Any]) -> Response:
        slug = given.pop("slug", None)
        with transaction.atomic():
            consultant = locked(self.consultant)  # what is left out is of now
            form = _form(consultant, given)
            if not form.is_valid():
                raise ApiError(
                    VALIDATION,
                    400,
                    _("Some of this is not right."),
                    details=named(ValidationError(form.errors.as_data()), _NAMES),
                )
            consultant = update_profile(consultant=consultant, **form.changes())
            if slug is not None:
                consultant = change_slug(consultant=consultant, slug=slug)
        return self.ok(shown.Profile(consultant).data, _("Saved."))


def _form(consultant: Consultant, given: dict[str, Any]) -> ProfileForm:
    """The page's form as if somebody had typed what is ``given`` and left the rest as it is."""
    typed = dict(ProfileForm.of(consultant).initial)
    for name, value in given.items():
        if name == "links":
            value = "\n".join(value)
        inside = {"name": "display_name", "expertise": "fields_of_practice"}.get(name, name)
        typed[inside] = value
    return ProfileForm.of(consultant, typed)


class PhotoView(OwnView):
    parser_classes = [MultiPartParser, Json]  # JSON is read to say what is missing

    @operation(
        "consultant_photo_create",
        "Set your photo",
        tag="Consultant",
        request={"multipart/form-data": shown.PhotoUpload},
        answer=shown.Photo,
        errors=["PERMISSION_DENIED"],
        request_example={"photo": "asha.jpg"},
        example={"photoUrl": "https://naksha.example/media/photos/01934c2e.jpg"},
        description="JPG, PNG or WebP, at most 10 MB. It is cut square, without what the camera wrote into it.",
    )
    def post(self, request: Request) -> Response:
        check_form(request, field="photo", most=photos.MOST_BYTES, sentence=photos.too_large())
        upload = self.checked(shown.PhotoUpload)["photo"]
        try:
            consultant = set_photo(consultant=self.consultant, upload=upload)
        except ValidationError as error:
            raise refuse("photo", str(error.messages[0])) from error
        return self.ok(shown.Photo(consultant).data, _("Saved."))

    @operation(
        "consultant_photo_destroy",
        "Remove your photo",
        tag="Consultant",
        answer=shown.Photo,
        errors=["PERMISSION_DENIED"],
        example={"photoUrl": None},
    )
    def delete(self, request: Request) -> Response:
        return self.ok(shown.Photo(remove_photo(consultant=self.consultant)).data, _("Removed."))


class SlugView(OwnView):
    @operation(
        "consultant_slug_availability",
        "Whether an address can be yours",
        tag="Consultant",
        answer=shown.SlugAnswer,
        errors=["PERMISSION_DENIED"],
        parameters=[OpenApiParameter("slug", str, required=True)],
        example=examples.SLUG,
    )
    def get(self, request: Request) -> Response:
        slug = self.filters(shown.SlugQuestion)["slug"]
        reason = ""
        try:
            slugs.check_slug(slug, self.consultant)
        except ValidationError as error:
            reason = str(error.messages[0])
        return self.ok({"slug": slug, "available": not reason, "reason": reason})
