from django.urls import path

from payments import views

app_name = "payments"

urlpatterns = [
    path("webhook/razorpay/", views.razorpay_webhook, name="razorpay_webhook"),
    path("documents/<str:key>/", views.document, name="document"),
    path("receipts/<str:key>/", views.receipt, name="receipt"),
]
