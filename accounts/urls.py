from django.urls import path

from accounts import views

app_name = "accounts"

urlpatterns = [
    path("inactive/", views.closed_account, name="closed"),
    path("sessions/", views.Logins.as_view(), name="usersessions_list"),  # in the place of allauth's own
    path("sessions/<int:login_id>/end/", views.end_login, name="end_login"),
    path("sessions/apps/<uuid:login_id>/end/", views.end_app_login, name="end_app_login"),
]
