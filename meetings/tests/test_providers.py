"""The address by which somebody goes into a meeting."""

import json
from datetime import timedelta
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import uuid4

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core.checks import WARNING, run_checks
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


@pytest.fixture
def own_server(settings):
    settings.JITSI_URL, settings.JITSI_APP_ID = "https://Meet.Example", "naksha"
    settings.JITSI_APP_SECRET = "a secret of thirty-two bytes or more"
    return settings


def test_a_server_that_asks_for_tokens_is_given_one_of_each_person(own_server):
    room = services.open_room(subject_id=uuid4(), provider="jitsi")
    end = until()
    for guest, affiliation in (
        (Guest("c-1", "Asha Rao", "asha@example.com", True), "owner"),
        (Guest("2", "Farhan"), "member"),
    ):
        parts = urlsplit(services.join_url(room, guest=guest, until=end))
        assert f"{parts.scheme}://{parts.netloc}{parts.path}" == room.url
        assert parts.fragment.startswith("userInfo.displayName=")
        signed = parse_qs(parts.query)["jwt"][0]
        assert jwt.get_unverified_header(signed) == {"alg": "HS256", "typ": "JWT"}
        claims = jwt.decode(
            signed, own_server.JITSI_APP_SECRET, algorithms=["HS256"], audience="naksha", issuer="naksha"
        )
        user = {"id": guest.id, "name": guest.name, "affiliation": affiliation}
        assert claims["context"] == {"user": user | ({"email": guest.email} if guest.email else {})}
        assert (claims["sub"], claims["room"], claims["exp"]) == ("meet.example", room.name, int(end.timestamp()))
        assert claims["nbf"] <= timezone.now().timestamp()
        with pytest.raises(jwt.InvalidSignatureError):
            jwt.decode(signed, "another secret of thirty-two bytes", algorithms=["HS256"], audience="naksha")
    assert services.makes_moderators(room)


def test_no_token_goes_to_another_server_than_the_one_whose_secret_it_is(own_server):
    room = services.open_room(subject_id=uuid4(), provider="jitsi")
    own_server.JITSI_URL = "https://other.example"
    assert "jwt" not in services.join_url(room, guest=Guest("1", "Asha", is_moderator=True), until=until())
    assert not services.makes_moderators(room)


def test_without_tokens_nobody_is_made_the_moderator_and_the_check_says_what_to_set(settings):
    settings.JITSI_URL = "https://meet.example"
    room = services.open_room(subject_id=uuid4(), provider="jitsi")
    assert not services.makes_moderators(room)
    [told] = run_checks(include_deployment_checks=True, tags=["meetings"])
    assert told.level < WARNING
    for name in ("JITSI_APP_ID", "JITSI_APP_SECRET", "JAAS_APP_ID"):
        assert name in told.hint
        assert name in (settings.BASE_DIR / "docs/production.md").read_text()


def test_with_tokens_the_check_is_silent(own_server):
    assert run_checks(include_deployment_checks=True, tags=["meetings"]) == []


def test_with_an_account_the_check_is_silent(jaas):
    assert run_checks(include_deployment_checks=True, tags=["meetings"]) == []
    assert services.makes_moderators(services.open_room(subject_id=uuid4(), provider="jaas"))


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
