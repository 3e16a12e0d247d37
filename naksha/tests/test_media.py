import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage, storages


@pytest.fixture
def portrait(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    (tmp_path / "secret.jpg").write_bytes(b"not for you")
    return default_storage.save("photos/ira.jpg", ContentFile(b"\xff\xd8 a picture"))


def test_a_portrait_is_shown_as_the_picture_it_is_and_kept_for_long(client, portrait):
    response = client.get("/media/photos/ira.jpg")
    assert response.status_code == 200
    assert b"".join(response.streaming_content) == b"\xff\xd8 a picture"
    assert response["Content-Type"] == "image/jpeg"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "immutable" in response["Cache-Control"]
    assert "Cookie" not in response.get("Vary", "")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["photos/none.jpg", "photos/../secret.jpg", "photos/%2e%2e/secret.jpg", "secret.jpg", "photos/ira.svg"]
)
def test_nothing_else_is_served(client, portrait, path):
    assert client.get(f"/media/{path}").status_code == 404


def test_a_private_file_has_no_address():
    storage = storages["private"]
    name = storage.save("papers/pan.pdf", ContentFile(b"%PDF-"))
    with pytest.raises(ValueError, match="not accessible via a URL"):
        storage.url(name)
    storage.delete(name)
