import pytest
from django.urls import reverse


@pytest.mark.parametrize("path", ["/styleguide/", "/styleguide/dashboard/"])
def test_visitors_clients_and_consultants_see_no_style_guide(client, client_user, consultant, path):
    assert client.get(path).status_code == 404
    for person in (client_user, consultant.user):
        client.force_login(person)
        assert client.get(path).status_code == 404


def test_staff_see_it_with_a_fixed_number_of_queries(client, admin_user, django_assert_max_num_queries):
    client.force_login(admin_user)
    client.get("/styleguide/")
    with django_assert_max_num_queries(4):
        response = client.get("/styleguide/")
    assert response.status_code == 200
    html = response.content.decode()
    assert html.count('class="sg"') >= 10
    assert "style=" not in html


@pytest.mark.parametrize("page", ["dashboard", "entrance", "booking"])
def test_each_layout_is_shown_whole(client, admin_user, page):
    client.force_login(admin_user)
    response = client.get(reverse("web:styleguide-frame", args=[page]))
    assert response.status_code == 200
    assert b'id="main"' in response.content


def test_a_layout_that_does_not_exist_is_404(client, admin_user):
    client.force_login(admin_user)
    assert client.get("/styleguide/nowhere/").status_code == 404
