from django.urls import path

import naksha.web.converters  # noqa: F401 - <token:…>
from quotations.api import views

urlpatterns = [
    path("quotations", views.Quotations.as_view()),
    path("quotations/<uuid:pk>", views.OneQuotation.as_view()),
    path("quotations/<uuid:pk>/send", views.Send.as_view()),
    path("quotations/<uuid:pk>/link", views.Link.as_view()),
    path("quotations/<uuid:pk>/call-off", views.CallOff.as_view()),
    path("quotations/<uuid:pk>/pdf", views.Pdf.as_view()),
    path("quotations/public/<token:token>", views.Public.as_view()),
    path("quotations/public/<token:token>/accept", views.Accept.as_view()),
    path("quotations/public/<token:token>/decline", views.Decline.as_view()),
]
