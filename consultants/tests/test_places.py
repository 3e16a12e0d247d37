import pytest

from consultants.models import City, Field, Language
from consultants.places import CITIES

pytestmark = pytest.mark.django_db


def test_every_installation_starts_with_places(db):
    assert City.objects.count() == len(CITIES)
    assert Field.objects.filter(slug="tax").exists()
    assert Language.objects.get(code="hi").own_name == "हिन्दी"
