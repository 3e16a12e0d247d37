"""A new account and what it starts with."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection

from accounts.models import AuditEntry, User
from accounts.services import create_account
from consultants.models import Consultant
from consultants.services.registration import create_consultant
from naksha.testing import PASSWORD

pytestmark = pytest.mark.django_db


def join(name="Asha Devi Rao", email="Asha@Example.com", role=User.Role.CONSULTANT) -> User:
    return create_account(name=name, email=email, password=PASSWORD, role=role)


def test_a_consultant_starts_as_a_draft_with_terms_and_an_address():
    consultant = join().consultant
    assert (consultant.slug, consultant.display_name, consultant.status) == ("asha-devi-rao", "Asha Devi Rao", "draft")
    assert consultant.policy.horizon_days == 60
    assert not Consultant.objects.listed().exists()


def test_the_address_is_kept_in_small_letters_and_unconfirmed():
    user = join()
    assert user.email == "asha@example.com"
    assert not user.has_confirmed_mail()


def test_joining_is_in_the_trail():
    user = join()
    entry = AuditEntry.objects.get(action="account.created")
    assert (entry.subject_id, entry.data) == (user.pk, {"role": "consultant"})


def test_a_client_gets_no_page():
    user = join(role=User.Role.CLIENT)
    assert not hasattr(user, "consultant")


def test_an_address_joins_once():
    join()
    with pytest.raises(IntegrityError):
        join(email="ASHA@example.com")


def test_a_second_call_gives_the_same_page():
    user = join()
    assert create_consultant(user) == user.consultant
    assert Consultant.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL")
def test_eight_of_one_name_at_once_get_eight_addresses():
    def one(n: int) -> str:
        try:
            return join(name="Asha Rao", email=f"asha{n}@example.com").consultant.slug
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        slugs = set(pool.map(one, range(8)))
    assert slugs == {"asha-rao", *(f"asha-rao-{n}" for n in range(1, 8))}
