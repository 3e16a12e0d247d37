from django.urls import path

from dashboard.clients.api import views

urlpatterns = [
    path("clients", views.Clients.as_view()),
    path("clients/summary", views.Summary.as_view()),
    path("clients/export.csv", views.Export.as_view()),
    path("clients/import", views.Import.as_view()),
    path("clients/import/<uuid:pk>", views.OneImport.as_view()),
    path("clients/<uuid:pk>", views.OneClient.as_view()),
]
