"""The address made from a name: readable, free, and never the site's own."""

import pytest
from django.core.exceptions import ValidationError

from consultants.models import SlugRedirect
from consultants.slugs import free_slug, is_reserved, is_taken, slug_of, validate_slug
from naksha.testing import make_consultant


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Asha Rao", "asha-rao"),
        ("Dr. Renée D'Souza-Łopez", "dr-renee-dsouza-opez"),
        ("A.P.J. Abdul Kalam", "a-p-j-abdul-kalam"),
        ("आशा राव", "asha-rav"),
        ("अनिल कुमार शर्मा", "anil-kumar-sharma"),
        ("কমলা সেন", "kamala-sen"),
        ("ਹਰਪ੍ਰੀਤ ਸਿੰਘ", "haraprit-singh"),
        ("రామ కృష్ణ", "rama-krishna"),
        ("ಕಾವ್ಯ ಗೌಡ", "kavya-gauda"),
        ("മോഹൻ ലാൽ", "mohan-lal"),
        ("ज़ोया फ़ारूक़", "zoya-faruq"),
        ("احمد خان", "ahmd-khan"),
        ("李明", "consultant"),
    ],
)
def test_a_name_becomes_an_address_that_can_be_read(name, slug):
    assert slug_of(name) == slug


def test_a_long_name_is_cut_without_a_dangling_hyphen():
    slug = slug_of("अ" * 50 + " " + "क्ष" * 40)
    assert len(slug) <= 90
    assert not slug.endswith("-")


@pytest.mark.django_db
def test_the_second_and_third_of_a_name_get_numbers():
    make_consultant(slug="asha-rao")
    assert free_slug("Asha Rao") == "asha-rao-1"
    make_consultant(slug="asha-rao-1")
    assert free_slug("Asha Rao") == "asha-rao-2"


@pytest.mark.django_db
def test_an_address_that_once_led_elsewhere_stays_taken():
    theirs = make_consultant(slug="asha-mehta")
    SlugRedirect.objects.create(slug="asha-rao", consultant=theirs)
    assert free_slug("Asha Rao") == "asha-rao-1"
    assert is_taken("asha-rao")
    assert not is_taken("asha-rao", but_for=theirs)


@pytest.mark.parametrize("word", ["admin", "accounts", "dashboard", "payments", "api", "b", "static"])
def test_the_sites_own_words_are_reserved(word):
    assert is_reserved(word)


@pytest.mark.django_db
def test_a_person_called_admin_gets_a_number():
    assert free_slug("Admin") == "admin-1"


@pytest.mark.parametrize("slug", ["a", "Asha", "asha\n", "asha--rao", "-asha", "asha_rao", "आशा", "x" * 91, "pricing"])
def test_an_address_of_another_form_is_refused(slug):
    with pytest.raises(ValidationError):
        validate_slug(slug)
