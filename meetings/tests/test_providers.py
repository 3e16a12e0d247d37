"""The address by which somebody goes into a meeting."""

import json
from datetime import timedelta
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import uuid4

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.utils import timezone

from meetings import services
from meetings.providers import Guest, ProviderAway

pytestmark = pytest.mark.django_db
APP = "vpaas-magic-cookie-0123456789abcdef0123456789abcdef"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PEM = KEY.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
).decode()


@pytest.fixture
def jaas(settings):
    settings.JAAS_APP_ID, settings.JAAS_KEY_ID, settings.JAAS_PRIVATE_KEY = APP, "5f2b1c", PEM


def until():
    return timezone.now() + timedelta(hours=2)


def test_a_plain_room_takes_the_name_in_the_fragment_and_no_mail_address(settings):
    settings.JITSI_URL = "https://meet.example"
    room = services.open_room(subject_id=uuid4(), provider=services.browser_provider())
    name = 'Åsha "A&B" #1 रमेश'
    url = services.join_url(room, guest=Guest("1", name, "asha@example.com"), until=until())
    parts = urlsplit(url)
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == room.url
    key, _, value = parts.fragment.partition("=")
    assert key == "userInfo.displayName"
    assert json.loads(unquote(value)) == name
    assert "&" not in value
    assert "#" not in value
    assert "example.com" not in parts.fragment


def test_an_account_is_used_where_there_is_one(jaas):
    assert services.browser_provider() == "jaas"


def test_a_token_says_exactly_who_may_go_where_and_until_when(jaas):
    room = services.open_room(subject_id=uuid4(), provider="jaas")
    end = until()
    url = services.join_url(room, guest=Guest("c-1", "Asha Rao", "asha@example.com", True), until=end)
    assert url.startswith(f"https://8x8.vc/{APP}/{room.name}?jwt=")
    token = parse_qs(urlsplit(url).query)["jwt"][0]
    assert jwt.get_unverified_header(token) == {"alg": "RS256", "kid": f"{APP}/5f2b1c", "typ": "JWT"}
    claims = jwt.decode(token, KEY.public_key(), algorithms=["RS256"], audience="jitsi", issuer="chat")
    assert claims["sub"] == APP
    assert claims["room"] == room.name
    assert claims["exp"] == int(end.timestamp())
    assert claims["nbf"] <= timezone.now().timestamp()
    assert claims["context"]["user"] == {
        "id": "c-1",
        "name": "Asha Rao",
        "email": "asha@example.com",
        "moderator": "true",
    }
    assert set(claims["context"]["features"].values()) == {"false"}
    assert set(claims) == {"aud", "iss", "sub", "room", "iat", "nbf", "exp", "context"}


def test_a_client_is_no_moderator_and_has_a_token_of_their_own(jaas):
    room = services.open_room(subject_id=uuid4(), provider="jaas")
    host = services.join_url(room, guest=Guest("1", "Asha", is_moderator=True), until=until())
    client = services.join_url(room, guest=Guest("2", "Farhan"), until=until())
    assert host != client
    token = parse_qs(urlsplit(client).query)["jwt"][0]
    user = jwt.decode(token, KEY.public_key(), algorithms=["RS256"], audience="jitsi")["context"]["user"]
    assert user == {"id": "2", "name": "Farhan", "moderator": "false"}


def test_a_key_id_may_be_given_with_the_account_before_it(jaas, settings):
    settings.JAAS_KEY_ID = f"{APP}/5f2b1c"
    room = services.open_room(subject_id=uuid4(), provider="jaas")
    url = services.join_url(room, guest=Guest("1", "Asha"), until=until())
    assert jwt.get_unverified_header(parse_qs(urlsplit(url).query)["jwt"][0])["kid"] == f"{APP}/5f2b1c"


def test_another_key_does_not_verify(jaas):
    room = services.open_room(subject_id=uuid4(), provider="jaas")
    token = parse_qs(urlsplit(services.join_url(room, guest=Guest("1", "Asha"), until=until())).query)["jwt"][0]
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048).public_key()
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(token, other, algorithms=["RS256"], audience="jitsi")


def test_rooms_made_before_the_account_keep_their_server(jaas, settings):
    settings.JITSI_URL = "https://meet.example"
    room = services.open_room(subject_id=uuid4(), provider="jitsi")
    assert services.join_url(room, guest=Guest("1", "Asha"), until=until()).startswith("https://meet.example/")


def test_rooms_of_an_account_that_is_gone_are_closed(jaas, settings):
    room = services.open_room(subject_id=uuid4(), provider="jaas")
    settings.JAAS_PRIVATE_KEY = ""
    with pytest.raises(ProviderAway):
        services.join_url(room, guest=Guest("1", "Asha"), until=until())
