"""Signing up, logging in and out over the API."""

from typing import Any

import pytest
import time_machine
from django.contrib.auth import hashers

from accounts.api import tokens
from accounts.models import ApiLogin, User
from clients.models import Client
from consultants.models import Consultant
from consultants.services import approval
from naksha.api.testing import Api, api_of
from naksha.testing import PASSWORD, make_admin, make_client, make_consultant, make_user
from notifications.models import OutgoingMail

pytestmark = pytest.mark.django_db
SAME = {"error", "message", "code", "statusCode"}


def sign_up(**changes: Any) -> Any:
    body = {"name": "Asha Devi Rao", "email": "Asha@Example.com ", "password": PASSWORD, **changes}
    return Api().post("/auth/signup", {name: value for name, value in body.items() if value is not None})


def log_in(email: Any, password: Any = PASSWORD, path: Any = "/auth/login", **more: Any) -> Any:
    return Api().post(path, {"email": email, "password": password, **more})


# --- signing up -----------------------------------------------------------------------------


def test_a_consultant_signs_up() -> None:
    answer = sign_up()
    user = User.objects.get()
    assert answer.status == 201
    assert answer.data == {
        "consultant": {
            "id": str(user.pk),
            "email": "asha@example.com",
            "name": "Asha Devi Rao",
            "firstName": "Asha",
            "lastName": "Devi Rao",
            "accountType": "consultant",
            "consultantId": str(Consultant.objects.get().pk),
            "slug": "asha-devi-rao",
        },
        "nextSteps": {"verifyEmail": True, "completeProfile": True, "awaitAdminApproval": True},
    }
    assert OutgoingMail.objects.get().template == "account/email_confirmation_signup"
    assert not ApiLogin.objects.exists()


def test_a_client_signs_up_without_a_page() -> None:
    data = sign_up(accountType="client").data
    assert data["client"]["accountType"] == "client"
    assert data["nextSteps"] == {"verifyEmail": True, "completeProfile": False, "awaitAdminApproval": False}
    assert not Consultant.objects.exists()


@pytest.mark.parametrize(
    ("name", "first", "last"), [("Asha", "Asha", ""), ("Asha Rao", "Asha", "Rao"), ("आशा देवी राव", "आशा", "देवी राव")]
)
def test_the_first_word_is_the_first_name(name: Any, first: Any, last: Any) -> None:
    account = sign_up(name=name).data["consultant"]
    assert (account["firstName"], account["lastName"]) == (first, last)


def test_the_slug_of_the_second_is_numbered() -> None:
    assert [sign_up(email=f"a{n}@example.com", name="Asha Rao").data["consultant"]["slug"] for n in range(3)] == [
        "asha-rao",
        "asha-rao-1",
        "asha-rao-2",
    ]


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", None, "This is needed."),
        ("name", "A", "Write at least 2 characters."),
        ("name", "A" * 101, "Write at most 100 characters."),
        ("name", "Asha<script>", "A name is written with letters, spaces and . ' - only. Take out “<”."),
        ("email", "asha", "Write a mail address like name@example.com."),
        ("email", "a" * 250 + "@example.com", "Ensure this field has no more than 254 characters."),
        ("password", "Ab1!", "This password is too short. It must contain at least 8 characters."),
        ("password", "monsoon-2026!", "Add an upper-case letter."),
        ("password", "MONSOON-2026!", "Add a lower-case letter."),
        ("password", "Monsoon-rain!", "Add a digit."),
        ("password", "Monsoon2026", "Add a special character, such as ! or #."),
        ("password", "P@ssw0rd", "This password is too common."),
        ("password", "Aa1!" + "x" * 125, "Ensure this field has no more than 128 characters."),
        ("accountType", "admin", '"admin" is not a valid choice.'),
        ("role", "admin", "There is no such field."),
        ("isSuperuser", True, "There is no such field."),
    ],
)
def test_what_breaks_a_rule_is_said_at_its_field_and_makes_nothing(field: Any, value: Any, words: Any) -> None:
    answer = sign_up(**{field: value})
    assert (answer.status, answer.code) == (400, "VALIDATION_ERROR")
    assert list(answer.details) == [field]
    assert words in answer.details[field]
    assert not User.objects.exists()
    assert not OutgoingMail.objects.exists()


def test_128_characters_are_a_password() -> None:
    assert sign_up(password="Aa1!" + "x" * 124).status == 201


@pytest.mark.parametrize("email", ["asha@example.com", "ASHA@example.com"])
def test_an_address_that_is_taken_is_a_conflict(email: Any) -> None:
    make_user(email="asha@example.com")
    answer = sign_up(email=email)
    assert (answer.status, answer.code) == (409, "EMAIL_EXISTS")
    assert User.objects.count() == 1


def test_the_sixth_sign_up_with_an_address_has_to_wait() -> None:
    assert [sign_up().status for _ in range(6)] == [201, 409, 409, 409, 409, 429]


# --- logging in -----------------------------------------------------------------------------


def test_a_consultant_logs_in(consultant: Any) -> None:
    answer = log_in(consultant.user.email.upper())
    assert answer.status == 200
    assert set(answer.data) == {"consultant", "tokens", "permissions"}
    assert answer.data["consultant"]["slug"] == consultant.slug
    assert answer.data["permissions"] == {
        "canLogin": True,
        "canAccessDashboard": True,
        "canCompleteProfile": True,
        "needsEmailVerification": False,
        "needsProfileCompletion": False,
        "needsAdminApproval": False,
    }
    me = Api().bear(answer.data["tokens"]["accessToken"]).get("/auth/me")
    assert me.data["consultant"]["email"] == consultant.user.email
    assert set(answer.data["tokens"]) == {"accessToken", "refreshToken"}


def test_before_any_approval_one_may_log_in_and_sees_what_is_left() -> None:
    sign_up()
    data = log_in("asha@example.com").data
    assert data["permissions"] == {
        "canLogin": True,
        "canAccessDashboard": False,
        "canCompleteProfile": True,
        "needsEmailVerification": True,
        "needsProfileCompletion": True,
        "needsAdminApproval": True,
    }


def test_a_client_needs_neither_profile_nor_approval(client_user: Any) -> None:
    data = log_in(client_user.email).data
    assert data["client"]["id"] == str(client_user.pk)
    assert not any(data["permissions"][name] for name in data["permissions"] if name != "canLogin")


def test_an_admin_has_a_login_of_their_own(admin_user: Any, consultant: Any, client_user: Any) -> None:
    assert log_in(admin_user.email, path="/auth/admin/login").data["admin"]["accountType"] == "admin"
    for email, path in [
        (admin_user.email, "/auth/login"),
        (consultant.user.email, "/auth/admin/login"),
        (client_user.email, "/auth/admin/login"),
    ]:
        answer = log_in(email, path=path)
        assert (answer.status, answer.code) == (401, "INVALID_CREDENTIALS")
    assert ApiLogin.objects.count() == 1


class Counted(hashers.MD5PasswordHasher):
    times = 0

    def encode(self, password: Any, salt: Any) -> Any:
        type(self).times += 1
        return super().encode(password, salt)


@pytest.fixture
def hashes(settings: Any) -> Any:
    settings.PASSWORD_HASHERS = ["accounts.tests.test_api_entrance.Counted"]
    user = make_user(email="asha@example.com")
    Counted.times = 0
    return user


@pytest.mark.parametrize("path", ["/auth/login", "/auth/admin/login"])
def test_wrong_either_way_is_the_same_answer_for_the_same_work(hashes: Any, path: Any) -> None:
    answers = []
    for email in ("asha@example.com", "nobody@example.com"):
        Counted.times = 0
        answers.append(log_in(email, "Wrong-2026!", path))
        assert Counted.times == 1
    wrong, unknown = ({key: answer.body[key] for key in SAME} for answer in answers)
    assert wrong == unknown
    assert wrong["code"] == "INVALID_CREDENTIALS"


@pytest.mark.parametrize("email", ["asha@example.com", "nobody@example.com"])
def test_the_sixth_try_waits_even_with_the_right_password_and_hashes_nothing(hashes: Any, email: Any) -> None:
    assert [log_in(email, "Wrong-2026!").status for _ in range(5)] == [401] * 5
    answer = log_in(email)
    assert (answer.status, answer.code) == (429, "RATE_LIMIT_EXCEEDED")
    assert 890 <= int(answer["Retry-After"]) <= 900
    assert (answer["RateLimit-Limit"], answer["RateLimit-Remaining"]) == ("5", "0")
    assert answer["RateLimit-Reset"] == answer["Retry-After"]
    assert Counted.times == 5


def test_a_try_here_and_one_on_the_page_are_two_tries(client: Any, client_user: Any) -> None:
    for _ in range(3):
        log_in(client_user.email, "Wrong-2026!")
        client.post("/accounts/login/", {"login": client_user.email, "password": "Wrong-2026!"})
    assert log_in(client_user.email).status == 429


def test_a_forged_forwarded_address_changes_nothing(client_user: Any) -> None:
    body = {"email": client_user.email, "password": "Wrong-2026!"}
    answers = [Api().post("/auth/login", body, X_Forwarded_For=f"198.51.100.{n}").status for n in range(6)]
    assert answers[-1] == 429


def test_many_accounts_from_one_address_are_limited_too(monkeypatch: Any) -> None:
    monkeypatch.setattr("accounts.limits.PER_ADDRESS", 8)
    assert [log_in(f"person{n}@example.com").status for n in range(10)] == [401] * 8 + [429] * 2


def test_right_passwords_are_not_counted(client_user: Any) -> None:
    assert [log_in(client_user.email).status for _ in range(8)] == [200] * 8


def test_who_is_suspended_is_told_so_with_the_right_password_alone(consultant: Any, admin_user: Any) -> None:
    approval.suspend(consultant=consultant, actor=admin_user, reason="Three complaints.")
    assert log_in(consultant.user.email, "Wrong-2026!").code == "INVALID_CREDENTIALS"
    assert log_in(consultant.user.email, path="/auth/admin/login").code == "INVALID_CREDENTIALS"
    answer = log_in(consultant.user.email)
    assert (answer.status, answer.code) == (403, "ACCOUNT_SUSPENDED")
    assert answer.body is not None
    assert answer.body["message"] == "This account is suspended: Three complaints."
    assert not ApiLogin.objects.exists()


@pytest.mark.parametrize(
    ("body", "field"),
    [({}, "email"), ({"email": "x"}, "email"), ({"email": "a@b.in", "password": "\0"}, "password"), ({"x": 1}, "x")],
)
def test_what_is_no_login_names_its_field(body: Any, field: Any) -> None:
    answer = Api().post("/auth/login", body)
    assert answer.status == 400
    assert field in answer.details


def test_what_was_booked_as_a_guest_is_theirs_after_a_login(consultant: Any, client_user: Any) -> None:
    row = make_client(consultant, email=client_user.email)
    log_in(client_user.email)
    assert Client.objects.get(pk=row.pk).user == client_user


def test_the_device_is_remembered_as_it_names_itself(client_user: Any) -> None:
    Api().post("/auth/login", {"email": client_user.email, "password": PASSWORD}, User_Agent="Diary/2.1 (Android 14)")
    assert ApiLogin.objects.get().device == "Diary/2.1 (Android 14)"


def test_an_old_token_does_not_stand_in_the_way_of_a_new_login(client_user: Any) -> None:
    api = Api().bear("of.an.other")
    assert api.post("/auth/login", {"email": client_user.email, "password": PASSWORD}).status == 200


# --- going on, and out ------------------------------------------------------------------------


def test_refreshing_rotates_and_a_token_that_comes_twice_ends_the_login(client_user: Any) -> None:
    api = api_of(client_user)
    first = Api().post("/auth/refresh", {"refreshToken": api.refresh_token})
    assert set(first.data) == {"accessToken", "refreshToken", "expiresIn"}
    assert first.data["expiresIn"] == "15m"
    api.bear(first.data["accessToken"])
    assert api.get("/auth/me").status == 200
    again = Api().post("/auth/refresh", {"refreshToken": api.refresh_token})
    assert (again.status, again.code) == (401, "NOT_AUTHENTICATED")
    assert api.get("/auth/me").status == 401
    assert Api().post("/auth/refresh", {"refreshToken": first.data["refreshToken"]}).status == 401


def test_access_lives_15_minutes_and_refresh_7_days(client_user: Any) -> None:
    with time_machine.travel("2026-11-20T10:00:00Z", tick=False) as clock:
        api = api_of(client_user)
        clock.shift(15 * 60 + 1)
        assert api.get("/auth/me").code == "TOKEN_EXPIRED"
        pair = Api().post("/auth/refresh", {"refreshToken": api.refresh_token}).data
        clock.shift(7 * 24 * 3600 + 1)
        assert Api().post("/auth/refresh", {"refreshToken": pair["refreshToken"]}).status == 401


def test_logging_out_ends_both_tokens_of_this_device_and_no_other(client_user: Any) -> None:
    api, other = api_of(client_user), api_of(client_user)
    assert api.post("/auth/logout").data is None
    assert api.get("/auth/me").code == "NOT_AUTHENTICATED"
    assert Api().post("/auth/refresh", {"refreshToken": api.refresh_token}).status == 401
    assert other.get("/auth/me").status == 200


@pytest.mark.parametrize("ending", ["suspended", "demoted"])
def test_access_ends_at_the_next_request(ending: Any, consultant: Any, admin_user: Any) -> None:
    from accounts.services import take_admin

    boss = make_admin(is_superuser=True)
    api = api_of(consultant.user if ending == "suspended" else admin_user)
    assert api.get("/auth/me").status == 200
    if ending == "suspended":
        approval.suspend(consultant=consultant, actor=boss, reason="Three complaints.")
    else:
        take_admin(user=admin_user, actor=boss, reason="Left the team.")
    assert api.get("/auth/me").status == 401
    assert Api().post("/auth/refresh", {"refreshToken": api.refresh_token}).status == 401


# --- who one is -------------------------------------------------------------------------------


def test_me_says_the_whole_account(settings: Any) -> None:
    consultant = make_consultant(slug="asha", status="submitted", profile_completed_at=None, photo="photos/x.jpg")
    data = api_of(consultant.user).get("/auth/me").data
    user = consultant.user
    assert data["consultant"] == {
        "id": str(user.pk),
        "email": user.email,
        "name": user.name,
        "firstName": user.first_name,
        "lastName": user.last_name,
        "accountType": "consultant",
        "consultantId": str(consultant.pk),
        "slug": "asha",
        "isEmailVerified": True,
        "isApprovedByAdmin": False,
        "profileCompleted": False,
        "profilePhotoUrl": f"{settings.SITE_URL}/media/photos/x.jpg",
        "subscriptionPlan": "FREE",
        "subscriptionExpiresAt": None,
        "createdAt": user.date_joined.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    assert data["permissions"]["needsAdminApproval"]


def test_me_costs_the_same_few_questions(consultant: Any, django_assert_num_queries: Any) -> None:
    api = api_of(consultant.user)
    with django_assert_num_queries(4):  # the limit, the login, and twice whether the address is confirmed
        api.get("/auth/me")


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_another_method_is_405_with_those_that_are_known(client_user: Any, method: Any) -> None:
    answer = api_of(client_user).send(method, "/auth/me")
    assert (answer.status, answer.code) == (405, "METHOD_NOT_ALLOWED")
    assert "GET" in answer["Allow"]


def test_no_token_and_no_hash_stands_in_the_clear(client_user: Any) -> None:
    answer = log_in(client_user.email)
    pair = answer.data["tokens"]
    assert client_user.password not in answer.response.content.decode()
    assert not ApiLogin.objects.filter(refresh_tokens__token_hash=pair["refreshToken"]).exists()
    assert tokens.login_of(pair["accessToken"]).user == client_user
