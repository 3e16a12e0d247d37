"""Nobody can have a stranger's mail box filled through the entrance: what is mailed is counted by the day."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts import limits
from naksha.testing import PASSWORD, make_user
from notifications.models import OutgoingMail

pytestmark = pytest.mark.django_db
FORGOT, CODE, CHANGE = (
    reverse(name) for name in ("account_reset_password", "account_request_login_code", "account_email")
)


def test_a_day_of_patience_does_not_fill_a_box(client, monkeypatch):
    monkeypatch.setattr(limits, "MAILS_A_DAY", 8)
    make_user(email="victim@example.com")
    now = timezone.now()
    codes = []
    for quarter in range(5):
        with time_machine.travel(now + timedelta(minutes=16 * quarter), tick=False):
            codes += [client.post(url, {"email": "Victim@example.com"}).status_code for url in (FORGOT, CODE)]
    assert codes == [302] * 8 + [429] * 2
    assert OutgoingMail.objects.filter(to="victim@example.com").count() == 8
    with time_machine.travel(now + timedelta(days=1, minutes=1), tick=False):
        assert client.post(FORGOT, {"email": "victim@example.com"}).status_code == 302


def test_a_login_cannot_mail_strangers_by_changing_its_address(client, client_user):
    client.post(reverse("account_login"), {"login": client_user.email, "password": PASSWORD})
    answers = [client.post(CHANGE, {"email": "victim@example.com", "action_add": ""}).status_code for _ in range(7)]
    assert answers[-1] == 429
    assert OutgoingMail.objects.filter(to="victim@example.com").count() <= limits.PER_ACCOUNT
