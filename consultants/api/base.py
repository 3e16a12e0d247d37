"""The views of a consultant who speaks for themselves."""

from __future__ import annotations

from accounts.api.auth import ApprovedConsultant, ConsultantLogin
from consultants.models import Consultant
from naksha.api.schema import ROLE
from naksha.api.views import ApiView


class OwnView(ApiView):
    """Any consultant's, approved or not: the profile and what leads to the approval."""

    permission_classes = [ConsultantLogin]

    @property
    def consultant(self) -> Consultant:
        found: Consultant = self.request.user.consultant  # type: ignore[union-attr]
        return found


class PracticeView(OwnView):
    """An approved consultant's."""

    permission_classes = [ApprovedConsultant]


APPROVED = ROLE  # what PracticeView refuses with
