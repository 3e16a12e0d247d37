"""Whose a login is, asked anew with each request in words that are kept."""

import pytest
from django.contrib.auth import get_backends
from django.core.exceptions import ValidationError

from accounts.backend import Backend
from accounts.models import User
from naksha.testing import make_user

pytestmark = pytest.mark.django_db


def test_one_question_for_each_look_and_the_answer_of_now(django_assert_num_queries):
    user = make_user()
    (backend,) = get_backends()
    assert type(backend) is Backend
    with django_assert_num_queries(1):
        assert backend.get_user(user.pk) == user
    User.objects.filter(pk=user.pk).update(first_name="Renamed")
    with django_assert_num_queries(1):
        assert backend.get_user(user.pk).first_name == "Renamed"
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert backend.get_user(user.pk) is None
    user.delete()
    assert backend.get_user(user.pk) is None


def test_what_is_no_id_is_refused_as_before():
    with pytest.raises(ValidationError):
        Backend().get_user("nobody")
