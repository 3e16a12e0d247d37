from django.urls import path

from consultants.api import admin_consultants as consultants
from consultants.api import admin_users as users

urlpatterns = [
    path("consultants", consultants.Consultants.as_view()),
    path("consultants/approve", consultants.Approve.as_view()),
    path("consultants/<uuid:pk>", consultants.OneConsultant.as_view()),
    path("users", users.Users.as_view()),
    path("users/pending", users.Pending.as_view()),
    path("users/<uuid:pk>", users.OneUser.as_view()),
    path("users/<uuid:pk>/approve", users.ApproveUser.as_view()),
    path("users/<uuid:pk>/reject", users.RejectUser.as_view()),
]
