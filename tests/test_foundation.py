"""The cast can be made, on either engine."""

import pytest

from consultants.models import Consultant

pytestmark = pytest.mark.django_db


def test_an_approved_and_complete_consultant_is_listed(consultant):
    assert list(Consultant.objects.listed()) == [consultant]


def test_a_suspended_consultant_is_not_listed(consultant):
    consultant.status = Consultant.Status.SUSPENDED
    consultant.save()
    assert not Consultant.objects.listed().exists()
