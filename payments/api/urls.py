from django.urls import path

from payments.api import views

urlpatterns = [
    path("payments", views.Payments.as_view()),
    path("payments/initiate", views.Initiate.as_view()),
    path("payments/complete", views.Complete.as_view()),
    path("payments/fail", views.Fail.as_view()),
    path("payments/refund", views.Refunds.as_view()),
    path("payments/webhook", views.Webhook.as_view()),
    path("payments/payouts", views.Payouts.as_view()),
    path("payments/balance", views.Balance.as_view()),
    path("payments/<uuid:pk>", views.OnePayment.as_view()),
    path("payments/<uuid:pk>/invoice.pdf", views.InvoicePdf.as_view()),
]
