"""The admin's frame: its door, its policy, its home, and the accounts in it."""

import re

import pytest
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse

from accounts.models import AuditEntry, User
from accounts.services import make_admin
from naksha.errors import DomainError
from naksha.testing import make_admin as an_admin
from naksha.testing import make_user

pytestmark = pytest.mark.django_db
HOME = reverse("admin:index")


@pytest.fixture
def boss():
    return an_admin(is_superuser=True, email="boss@example.com")


def page_of(user) -> str:
    return reverse("admin:accounts_user_change", args=[user.pk])


def move(client, user, name, reason="Asked by phone."):
    address = reverse(f"admin:accounts_user_{name}", args=[user.pk])
    return client.post(address, {f"{name}-reason": reason})


def test_a_visitor_is_led_to_the_sites_own_login_and_back(client):
    answer = client.get(HOME, follow=True)
    assert answer.redirect_chain[-1][0] == f"{reverse('account_login')}?next=%2Fadmin%2F"


def test_the_admins_own_login_form_does_not_exist(client, admin_user):
    answer = client.post(reverse("admin:login"), {"username": admin_user.email, "password": "Monsoon-2026!"})
    assert answer.status_code == 302
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("who", ["client_user", "consultant"])
def test_who_is_no_admin_is_refused(client, request, who):
    user = request.getfixturevalue(who)
    client.force_login(getattr(user, "user", user))
    assert client.get(HOME, follow=True).status_code == 403


@pytest.mark.parametrize(("production", "status"), [(False, 200), (True, 302)])
def test_in_production_an_admin_without_a_second_factor_sets_one_up_first(
    client, settings, admin_user, production, status
):
    settings.PRODUCTION = production
    client.force_login(admin_user)
    assert client.get(HOME).status_code == status
    if production:
        assert client.get(HOME, follow=True).redirect_chain[-1][0] == reverse("mfa_index")
        assert client.get(reverse("admin:accounts_user_changelist")).status_code == 302


def test_the_home_shows_what_waits(client, admin_user, consultant, django_assert_max_num_queries):
    consultant.status = "submitted"
    consultant.save()
    client.force_login(admin_user)
    with django_assert_max_num_queries(16):
        page = client.get(HOME)
    queues = {queue.title: queue.count for queue in page.context["queues"]}
    assert queues["Applications to read"] == 1
    assert queues["Mails given up"] == 0


def test_the_policy_of_the_admin_is_its_own_and_the_rest_of_the_site_keeps_the_strict_one(client, admin_user):
    client.force_login(admin_user)
    policy = client.get(HOME)["Content-Security-Policy"].split("; ")
    own = {name: set(sources) for name, *sources in (directive.split() for directive in policy)}
    assert own["script-src"] == {"'self'", "'unsafe-eval'"}
    assert own["style-src"] == {"'self'"}
    assert own["default-src"] == {"'none'"}
    assert "unsafe" not in client.get(reverse("account_email"))["Content-Security-Policy"]


@pytest.mark.parametrize(
    "name", ["index", "accounts_user_changelist", "accounts_auditentry_changelist", "consultants_consultant_changelist"]
)
def test_no_page_of_the_admin_holds_an_inline_script_or_style_sheet(client, admin_user, name):
    client.force_login(admin_user)
    page = client.get(reverse(f"admin:{name}")).content.decode()
    assert "<style" not in page
    assert all("src=" in tag or "json" in tag for tag in re.findall(r"<script[^>]*>", page))
    assert not re.search(r"\son(click|change|load|submit)=", page)


@pytest.mark.parametrize("rows", [1, 12])
@pytest.mark.parametrize("name", ["accounts_user", "accounts_auditentry", "consultants_consultant"])
def test_a_list_costs_the_same_however_long_it_is(client, admin_user, name, rows, django_assert_max_num_queries):
    from naksha.testing import make_consultant

    for _ in range(rows):
        AuditEntry.objects.create(
            actor=admin_user, action="x", subject_kind="y", subject_id=make_consultant().pk, subject_label="z"
        )
    client.force_login(admin_user)
    with django_assert_max_num_queries(13):
        assert client.get(reverse(f"admin:{name}_changelist")).status_code == 200


def test_an_admin_ends_somebodys_logins_with_a_reason(client, admin_user, stranger):
    theirs = client.__class__()
    theirs.force_login(stranger)
    client.force_login(admin_user)
    assert "End all logins" in client.get(page_of(stranger)).content.decode()
    assert move(client, stranger, "end-logins").status_code == 302
    assert theirs.get("/accounts/email/").wsgi_request.user == AnonymousUser()
    assert AuditEntry.objects.get(action="account.logins_ended").reason == "Asked by phone."


def test_without_a_reason_nothing_happens(client, admin_user, stranger):
    client.force_login(admin_user)
    answer = move(client, stranger, "close", reason=" ")
    assert "This is needed." in answer.content.decode()
    stranger.refresh_from_db()
    assert stranger.is_active
    assert not AuditEntry.objects.filter(action="account.closed").exists()


def test_a_closed_account_cannot_log_in_until_it_is_opened(client, admin_user, stranger):
    client.force_login(admin_user)
    move(client, stranger, "close")
    stranger.refresh_from_db()
    assert not stranger.is_active
    move(client, stranger, "open")
    stranger.refresh_from_db()
    assert stranger.is_active


def test_a_super_admin_makes_and_unmakes_admins(client, boss, stranger):
    client.force_login(boss)
    move(client, stranger, "make-admin")
    stranger.refresh_from_db()
    assert stranger.is_staff
    move(client, stranger, "take-admin")
    stranger.refresh_from_db()
    assert stranger.role == User.Role.CLIENT


def test_a_plain_admin_neither_makes_admins_nor_touches_one(client, admin_user, stranger, boss):
    client.force_login(admin_user)
    assert "Make an admin" not in client.get(page_of(stranger)).content.decode()
    move(client, stranger, "make-admin")
    stranger.refresh_from_db()
    assert stranger.role == User.Role.CLIENT
    move(client, boss, "close")
    move(client, boss, "take-admin")
    boss.refresh_from_db()
    assert boss.is_active
    assert boss.is_superuser
    with pytest.raises(DomainError):
        make_admin(user=stranger, actor=admin_user, reason="x")


def test_nobody_closes_their_own_account_here(client, boss):
    client.force_login(boss)
    move(client, boss, "take-admin")
    boss.refresh_from_db()
    assert boss.is_superuser


@pytest.mark.parametrize("name", ["end-logins", "close", "make-admin"])
def test_moves_are_for_admins_alone(client, stranger, consultant, name):
    client.force_login(consultant.user)
    assert move(client, stranger, name).status_code in (302, 403)
    stranger.refresh_from_db()
    assert stranger.is_active
    assert stranger.role == User.Role.CLIENT


def test_the_log_is_read_and_never_written(client, boss):
    entry = AuditEntry.objects.create(action="x", subject_kind="y", subject_id=boss.pk, subject_label="z")
    client.force_login(boss)
    address = reverse("admin:accounts_auditentry_change", args=[entry.pk])
    assert client.get(address).status_code == 200
    assert client.post(address, {"action": "forged"}).status_code == 403
    assert client.post(reverse("admin:accounts_auditentry_delete", args=[entry.pk]), {"post": "yes"}).status_code == 403
    entry.refresh_from_db()
    assert entry.action == "x"


def test_no_page_shows_a_password_hash_or_a_secret(client, boss):
    user = make_user()
    client.force_login(boss)
    page = client.get(page_of(user)).content.decode()
    assert user.password not in page
    assert '<input type="password"' not in page
