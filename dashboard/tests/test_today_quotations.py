"""Today knows of quotations: what their clients ask, and what they owe for work that they accepted."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from consultants.models import Consultant
from dashboard.attention import Need
from dashboard.tests import scene
from dashboard.tests.scene import page
from dashboard.today import today_of, version_of
from naksha.api.testing import api_of
from naksha.testing import make_client
from quotations.models import Quotation
from quotations.services import answer_question, ask, call_off, decline
from quotations.testing import make_accepted, make_sent

pytestmark = pytest.mark.django_db
owner = scene.owner


def needs(consultant: Consultant) -> list[Need]:
    return [need for need in today_of(consultant).needs if need.url.startswith(reverse("quotations:list"))]


def asked(consultant: Consultant, name: str, *bodies: str) -> Quotation:
    quotation, _token = make_sent(consultant, client=make_client(consultant, name=name))
    for body in bodies:
        ask(quotation=quotation, body=body)
    return quotation


# --- questions


def test_a_question_stands_on_today_until_it_is_answered(owner: Client, consultant: Consultant) -> None:
    quotation = asked(consultant, "Kavya Nair", "Is the <b>filing fee</b> in it?")
    question = quotation.questions.get()
    text = page(owner)
    assert "Kavya Nair has a question about a quotation" in text
    assert "Incorporation of a company: “Is the &lt;b&gt;filing fee&lt;/b&gt; in it?”" in text
    assert f'href="/dashboard/quotations/{quotation.pk}/#q-{question.pk}"' in text
    answer_question(question=question, actor=consultant.user, answer="It is.")
    assert needs(consultant) == []


def test_the_link_leads_to_the_question(owner: Client, consultant: Consultant) -> None:
    asked(consultant, "Kavya Nair", "Is the filing fee in it?")
    address, mark = needs(consultant)[0].url.split("#")
    assert f'id="{mark}"' in owner.get(address).content.decode()


def test_the_questions_about_one_quotation_are_one_line_and_the_oldest_is_first(consultant: Consultant) -> None:
    for n, name in enumerate(("Kavya", "Farhan", "Meera", "Nandini")):
        asked(consultant, name, *(f"Question {number}?" for number in range(5 - n)))
    assert [need.title for need in needs(consultant)] == [
        "Kavya has 5 questions about a quotation",
        "Farhan has 4 questions about a quotation",
        "Meera has 3 questions about a quotation",
        "There are questions about 1 more quotation",
    ]
    assert "“Question 0?”" in needs(consultant)[0].body


def test_what_is_not_told_each_is_counted_and_its_link_leads_to_all(owner: Client, consultant: Consultant) -> None:
    made = [asked(consultant, name, "A?", "B?") for name in ("Kavya", "Farhan", "Meera", "Nandini", "Gita")]
    make_sent(consultant, client=make_client(consultant, name="Nobody asks"))
    more = needs(consultant)[-1]
    assert more.title == "There are questions about 2 more quotations"
    assert {one.pk for one in owner.get(more.url).context["page"]} == {one.pk for one in made}
    question = made[0].questions.order_by("created_at")[0]
    part = reverse("quotations:rows") + "?show=asked"
    before = owner.get(part)
    answer_question(question=question, actor=consultant.user, answer="Yes.")
    assert owner.get(part, headers={"If-None-Match": before["ETag"]}).status_code == 200
    answer_question(question=made[0].questions.order_by("created_at")[1], actor=consultant.user, answer="Yes.")
    assert len(owner.get(part).context["page"].object_list) == 4
    assert needs(consultant)[-1].title == "There are questions about 1 more quotation"


def test_what_was_asked_of_an_offer_that_is_over_waits_no_more(consultant: Consultant) -> None:
    quotation = asked(consultant, "Kavya Nair", "Is the filing fee in it?")
    decline(quotation=quotation, reason="Too dear.", version=1)
    assert needs(consultant) == []


# --- money


def test_what_is_owed_for_accepted_work_is_asked_for(owner: Client, consultant: Consultant) -> None:
    quotation, _token = make_accepted(consultant, client=make_client(consultant, name="Kavya Nair"))
    make_sent(consultant)
    text = page(owner)
    assert text.count("owes") == 2  # once for the eye, once in the name of the link
    assert "Kavya Nair owes ₹25,000.00" in text
    assert f"For Incorporation of a company, quotation {quotation.label}." in text
    assert f'href="/dashboard/quotations/{quotation.pk}/"' in text
    call_off(quotation=quotation, actor=consultant.user, reason="Ill.")
    assert needs(consultant) == []


def test_of_much_that_is_owed_the_oldest_is_told(consultant: Consultant) -> None:
    now = timezone.now()
    for days, name in enumerate(("Newest", "Third", "Second", "Oldest")):
        quotation, _token = make_accepted(consultant, client=make_client(consultant, name=name))
        Quotation.objects.filter(pk=quotation.pk).update(accepted_at=now - timedelta(days=days))
    assert [need.title.split()[0] for need in needs(consultant)] == ["Oldest", "Second", "Third"]
    assert [need.title for need in today_of(consultant).needs if need.url == reverse("money:due")] == [
        "1 more sum is owed to you"
    ]


# --- of both


def test_nothing_of_another_consultants_quotations_is_told(
    consultant: Consultant, other_consultant: Consultant
) -> None:
    asked(other_consultant, "Kavya Nair", "Is the filing fee in it?")
    make_accepted(other_consultant)
    assert needs(consultant) == []


def test_the_api_says_the_same(consultant: Consultant) -> None:
    asked(consultant, "Kavya Nair", "Is the filing fee in it?")
    make_accepted(consultant)
    told = api_of(consultant.user).get("/dashboard/summary").data["needsAttention"]
    for need in needs(consultant):
        assert {"title": need.title, "body": need.body, "path": need.url} in told
    assert len(needs(consultant)) == 2


def test_an_open_page_hears_of_quotations(owner: Client, consultant: Consultant) -> None:
    topics = page(owner).split('data-live-on="')[1].split('"')[0]
    assert "quotations" in topics.split()


def test_a_question_its_answer_and_a_yes_change_the_version(consultant: Consultant) -> None:
    now = timezone.now()
    quotation, _token = make_sent(consultant)
    versions = [version_of(consultant, now)]
    question = ask(quotation=quotation, body="Is the filing fee in it?")
    versions.append(version_of(consultant, now))
    answer_question(question=question, actor=consultant.user, answer="It is.")
    versions.append(version_of(consultant, now))
    quotation.save()
    versions.append(version_of(consultant, now))
    assert len(set(versions)) == 4
