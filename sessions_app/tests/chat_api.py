"""A chat over the API in tests: the two who are in it, what they write and the files they take along."""

from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from naksha.api.testing import api_of
from naksha.testing import make_client
from sessions_app.services import uploading
from sessions_app.testing import make_session

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
MP4 = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00" + b"\x00" * 64


@pytest.fixture
def session(consultant, client_user):
    client = make_client(consultant, user=client_user, email=client_user.email, name="Farhan Qureshi")
    return make_session(consultant, client=client)


@pytest.fixture
def theirs(consultant):
    return api_of(consultant.user)


@pytest.fixture
def mine(client_user, session):
    return api_of(client_user)


def words(session, body="Good evening.", **more):
    return {"conversationId": str(session.pk), "clientMessageId": str(uuid4()), "body": body, **more}


def kept(user, content=PDF, name="Notice.pdf"):
    return uploading.keep(owner=user, upload=SimpleUploadedFile(name, content))


def messages(api, session, **query):
    return api.get(f"/chat/conversations/{session.pk}/messages", **query)
