"""New passwords and confirmed addresses over the API."""

import json
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress

from naksha.api.testing import Api, api_of
from naksha.testing import PASSWORD, make_user
from notifications.models import OutgoingMail

pytestmark = pytest.mark.django_db
NEW = "Cyclone-2027#"


@pytest.fixture
def user() -> Any:
    return make_user(email="asha@example.com")


def forgot(email: Any = "asha@example.com") -> Any:
    return Api().post("/auth/forgot-password", {"email": email})


def token(template: Any = "account/password_reset_key", name: Any = "password_reset_url") -> Any:
    mail = OutgoingMail.objects.filter(template=template).latest("created_at")
    return json.loads(mail.sealed_context)[name].rstrip("/").split("/")[-1]


def reset(key: Any, password: Any = NEW) -> Any:
    return Api().post("/auth/reset-password", {"token": key, "password": password})


def may_log_in(password: Any) -> Any:
    return Api().post("/auth/login", {"email": "asha@example.com", "password": password}).status == 200


def test_known_and_unknown_addresses_get_the_same_answer(user: Any) -> None:
    known, unknown = forgot(), forgot("nobody@example.com")
    assert (known.status, known.body) == (unknown.status, unknown.body)
    assert set(OutgoingMail.objects.values_list("template", "to")) == {
        ("account/password_reset_key", "asha@example.com"),
        ("account/unknown_account", "nobody@example.com"),
    }


def test_the_sixth_request_has_to_wait_and_mails_nobody(user: Any) -> None:
    assert [forgot().status for _ in range(6)] == [200] * 5 + [429]
    assert OutgoingMail.objects.count() == 5


def test_a_link_sets_a_password_once_and_ends_every_login(client: Any, user: Any) -> None:
    api = api_of(user)
    client.force_login(user)
    forgot()
    key = token()
    assert reset(key).status == 200
    assert api.get("/auth/me").status == 401
    assert not client.get("/accounts/email/").wsgi_request.user.is_authenticated
    assert may_log_in(NEW)
    again = reset(key, "Another-2027#")
    assert (again.status, list(again.details)) == (400, ["token"])
    assert may_log_in(NEW)
    assert OutgoingMail.objects.filter(template="account/password_reset").exists()


def test_the_same_link_opens_the_page_too(client: Any, user: Any) -> None:
    forgot()
    assert client.get(f"/accounts/password/reset/key/{token()}/").status_code == 302


def test_after_an_hour_the_link_is_spent(user: Any) -> None:
    with time_machine.travel("2026-11-20T10:00:00Z", tick=False) as clock:
        forgot()
        key = token()
        clock.shift(3601)
        assert list(reset(key).details) == ["token"]


def test_a_weak_password_is_refused_and_the_link_lives_on(user: Any) -> None:
    forgot()
    key = token()
    answer = reset(key, "Monsoon-rain!")
    assert answer.details == {"password": ["Add a digit."]}
    assert reset(key).status == 200


@pytest.mark.parametrize("key", ["x", "-", "x-y", "0" * 32 + "-abc", "9" * 199, "ü-ü", "1-"])
def test_what_is_no_link_changes_nothing(user: Any, key: Any) -> None:
    assert list(reset(key).details) == ["token"]
    assert may_log_in(PASSWORD)


def test_a_link_is_tried_five_times(user: Any) -> None:
    forgot()
    key = token()
    assert [reset(f"{key}x").status for _ in range(6)] == [400] * 5 + [429]
    assert reset(key).status == 429


def test_however_its_id_is_spelled_an_account_is_tried_five_times(user: Any) -> None:
    plain = user.pk.hex
    spelled = [plain, f"{{{plain}", f"{plain}}}", f"urn:{plain}", f"uuid:{plain}", plain.upper()]
    assert [reset(f"{named}-abc").status for named in spelled] == [400] * 5 + [429]


def test_a_reset_lets_a_locked_out_person_in_at_once(user: Any) -> None:
    for _ in range(6):
        may_log_in("Wrong-2026!")
    forgot()
    reset(token())
    assert may_log_in(NEW)


def test_a_suspended_account_gets_no_link_and_an_old_one_opens_nothing(user: Any) -> None:
    forgot()
    key = token()
    OutgoingMail.objects.all().delete()
    user.is_active = False
    user.save()
    forgot()
    assert not OutgoingMail.objects.filter(template="account/password_reset_key").exists()
    assert list(reset(key).details) == ["token"]


def change(api: Any, old: Any = PASSWORD, new: Any = NEW) -> Any:
    return api.post("/auth/change-password", {"currentPassword": old, "newPassword": new})


def test_a_changed_password_ends_every_login_and_hands_this_device_new_tokens(client: Any, user: Any) -> None:
    api, elsewhere = api_of(user), api_of(user)
    client.force_login(user)
    tokens = change(api).data["tokens"]
    assert api.get("/auth/me").status == elsewhere.get("/auth/me").status == 401
    assert not client.get("/accounts/email/").wsgi_request.user.is_authenticated
    assert Api().bear(tokens["accessToken"]).get("/auth/me").status == 200
    assert Api().post("/auth/refresh", {"refreshToken": tokens["refreshToken"]}).status == 200
    assert may_log_in(NEW)
    assert OutgoingMail.objects.get().template == "account/password_changed"


def test_a_wrong_present_password_changes_nothing_and_is_a_try_of_the_login(user: Any) -> None:
    api = api_of(user)
    for _ in range(5):
        assert change(api, old="Wrong-2026!").details == {"currentPassword": ["This is not your present password."]}
    assert change(api).status == 429
    assert not may_log_in(PASSWORD)  # its tries are spent
    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    assert api.get("/auth/me").status == 200


def test_a_new_password_keeps_the_rules(user: Any) -> None:
    assert change(api_of(user), new="Monsoon-rain!").details == {"newPassword": ["Add a digit."]}
    assert may_log_in(PASSWORD)


def test_a_new_password_that_breaks_a_rule_is_no_try_of_the_login(user: Any) -> None:
    api = api_of(user)
    for _ in range(6):
        assert change(api, new="Monsoon-rain!").details == {"newPassword": ["Add a digit."]}
    assert change(api, old="Wrong-2026!").status == 400
    assert may_log_in(PASSWORD)


# --- addresses --------------------------------------------------------------------------------


def resend(email: Any = "asha@example.com") -> Any:
    return Api().post("/auth/resend-verification", {"email": email})


def test_an_address_is_confirmed_once() -> None:
    user = make_user(email="asha@example.com", verified=False)
    resend()
    key = token("account/email_confirmation", "activate_url")
    answer = Api().get(f"/auth/verify-email/{key}")
    assert (answer.status, answer.data) == (200, None)
    assert not answer.response.cookies
    assert EmailAddress.objects.get(user=user).verified
    spent, missing = Api().get(f"/auth/verify-email/{key}"), Api().get("/auth/verify-email/of-nobody")
    assert spent.status == missing.status == 404
    assert spent.body is not None
    assert missing.body is not None
    assert {**spent.body, "path": "", "timestamp": ""} == {**missing.body, "path": "", "timestamp": ""}


def test_a_head_does_not_spend_the_link() -> None:
    user = make_user(email="asha@example.com", verified=False)
    resend()
    path = f"/auth/verify-email/{token('account/email_confirmation', 'activate_url')}"
    head = Api().send("HEAD", path)
    assert (head.status, head["Allow"]) == (405, "GET")
    assert not EmailAddress.objects.get(user=user).verified
    assert Api().get(path).status == 200


def test_whether_an_address_waits_is_not_told(user: Any) -> None:
    make_user(email="waiting@example.com", verified=False)
    answers = [resend(email).body for email in ("waiting@example.com", "asha@example.com", "nobody@example.com")]
    assert answers[0] == answers[1] == answers[2]
    assert [mail.to for mail in OutgoingMail.objects.all()] == ["waiting@example.com"]


def test_a_box_is_not_filled_through_us() -> None:
    make_user(email="asha@example.com", verified=False)
    assert [resend().status for _ in range(6)] == [200] * 5 + [429]
    assert OutgoingMail.objects.count() == 5
