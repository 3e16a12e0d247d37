"""The way of an application, move by move."""

import json

import pytest

from accounts.models import AuditEntry
from consultants.models import ApprovalDocument, Consultant
from consultants.services import approval
from naksha.errors import InvalidState, ReasonNeeded
from naksha.testing import make_consultant
from notifications.models import Notification, OutgoingMail

pytestmark = pytest.mark.django_db
Status = Consultant.Status

DECISIONS = {
    "approve": lambda c, a: approval.approve(consultant=c, actor=a, note="Welcome."),
    "reject": lambda c, a: approval.reject(consultant=c, actor=a, reason="The licence has lapsed."),
    "ask_for_more": lambda c, a: approval.ask_for_more(consultant=c, actor=a, question="Which council?"),
    "suspend": lambda c, a: approval.suspend(consultant=c, actor=a, reason="Three complaints."),
    "reinstate": lambda c, a: approval.reinstate(consultant=c, actor=a, reason="Cleared."),
}
AFTER = {
    "approve": Status.APPROVED,
    "reject": Status.REJECTED,
    "ask_for_more": Status.NEEDS_INFO,
    "suspend": Status.SUSPENDED,
    "reinstate": Status.APPROVED,
}


def make_applicant(status=Status.SUBMITTED, *, papers: bool = True) -> Consultant:
    consultant = make_consultant(status=status)
    if papers:
        ApprovalDocument.objects.create(
            consultant=consultant, kind="identity", file="x.pdf", original_name="PAN.pdf", content_type="a/b", size=1
        )
    return consultant


@pytest.mark.parametrize("move", DECISIONS)
@pytest.mark.parametrize("status", Status.values)
def test_each_move_goes_from_the_states_that_allow_it_and_from_no_other(move, status, admin_user):
    consultant = make_applicant(status)
    if status in approval.ALLOWED[move]:
        assert DECISIONS[move](consultant, admin_user).status == AFTER[move]
        assert OutgoingMail.objects.filter(to=consultant.user.email).count() == 1
        assert Notification.objects.filter(user=consultant.user).count() == 1
        assert AuditEntry.objects.filter(subject_id=consultant.pk).count() == 1
    else:
        with pytest.raises(InvalidState):
            DECISIONS[move](consultant, admin_user)
        consultant.refresh_from_db()
        assert consultant.status == status
        assert not OutgoingMail.objects.exists()
        assert not Notification.objects.exists()
        assert not AuditEntry.objects.exists()


def test_an_approval_says_who_and_when_and_what(admin_user):
    consultant = approval.approve(consultant=make_applicant(), actor=admin_user, note="Welcome.")
    assert consultant.decided_by == admin_user
    assert consultant.decided_at is not None
    entry = AuditEntry.objects.get(action="consultant.approved")
    assert (entry.actor, entry.reason) == (admin_user, "Welcome.")
    assert entry.data == {"before": "submitted", "after": "approved"}
    mail = OutgoingMail.objects.get(template="application_approved")
    assert json.loads(mail.sealed_context)["reason"] == "Welcome."


@pytest.mark.parametrize(
    "decide",
    [
        lambda c, a: approval.reject(consultant=c, actor=a, reason="  "),
        lambda c, a: approval.ask_for_more(consultant=c, actor=a, question=""),
    ],
)
def test_a_no_and_a_question_need_words(decide, admin_user):
    consultant = make_applicant()
    with pytest.raises(ReasonNeeded):
        decide(consultant, admin_user)
    consultant.refresh_from_db()
    assert consultant.status == Status.SUBMITTED
    assert not OutgoingMail.objects.exists()


def test_a_suspension_ends_the_logins_and_takes_the_page_down(client, admin_user):
    consultant = make_applicant(Status.APPROVED)
    client.force_login(consultant.user)
    approval.suspend(consultant=consultant, actor=admin_user, reason="Three complaints.")
    assert not client.get("/").wsgi_request.user.is_authenticated
    assert not Consultant.objects.listed().exists()
    consultant.user.refresh_from_db()
    assert not consultant.user.is_active


def test_a_reinstated_consultant_may_log_in_and_is_listed_again(admin_user):
    consultant = approval.suspend(consultant=make_applicant(Status.APPROVED), actor=admin_user, reason="Checking.")
    approval.reinstate(consultant=consultant, actor=admin_user, reason="Cleared.")
    consultant.user.refresh_from_db()
    assert consultant.user.is_active
    assert list(Consultant.objects.listed()) == [consultant]


def test_a_complete_application_can_be_sent_in_and_the_admins_are_told(admin_user):
    consultant = approval.submit_application(consultant=make_applicant(Status.DRAFT))
    assert consultant.status == Status.SUBMITTED
    assert consultant.submitted_at is not None
    assert list(OutgoingMail.objects.values_list("template", "to")) == [("application_submitted", admin_user.email)]


@pytest.mark.parametrize("missing", ["paper", "headline", "bio", "city", "fields", "languages", "mail"])
def test_an_application_with_something_missing_stays_where_it_is(missing, admin_user):
    consultant = make_applicant(Status.DRAFT, papers=missing != "paper")
    if missing in ("headline", "bio"):
        Consultant.objects.update(**{missing: " "})
    elif missing == "city":
        Consultant.objects.update(city=None)
    elif missing in ("fields", "languages"):
        getattr(consultant, missing).clear()
    elif missing == "mail":
        consultant.user.emailaddress_set.update(verified=False)
    with pytest.raises(approval.ApplicationIncomplete):
        approval.submit_application(consultant=consultant)
    consultant.refresh_from_db()
    assert consultant.status == Status.DRAFT
    assert not OutgoingMail.objects.exists()


def test_what_was_asked_has_to_be_answered(admin_user):
    consultant = make_applicant(Status.NEEDS_INFO)
    with pytest.raises(ReasonNeeded):
        approval.submit_application(consultant=consultant)
    approval.submit_application(consultant=consultant, answer="The Bar Council of Maharashtra.")
    entry = AuditEntry.objects.get(action="consultant.submitted")
    assert entry.reason == "The Bar Council of Maharashtra."


def test_a_rejected_consultant_may_mend_the_application_and_send_it_again():
    assert approval.submit_application(consultant=make_applicant(Status.REJECTED)).status == Status.SUBMITTED
