from django.urls import path

from consultants.views import application, profile, services, settings

app_name = "consultants"

urlpatterns = [
    path("application/", application.show, name="application"),
    path("application/send/", application.send, name="application_send"),
    path("application/documents/", application.add_document, name="add_document"),
    path("application/documents/<uuid:document_id>/", application.document, name="document"),
    path("application/documents/<uuid:document_id>/remove/", application.remove_document, name="remove_document"),
    path("profile/", profile.Profile.as_view(), name="profile"),
    path("profile/address/", settings.address, name="address"),
    path("profile/invoices/", profile.InvoiceDetails.as_view(), name="invoice_details"),
    path("settings/", settings.overview, name="settings"),
    path("settings/bank/", settings.bank_account, name="bank_account"),
    path("settings/mails/", settings.Mails.as_view(), name="mails"),
    path("settings/mails/preview/", settings.mail_preview, name="mail_preview"),
    path("services/", services.services, name="services"),
    path("services/new/", services.new_service, name="new_service"),
    path("services/price/", services.price_preview, name="price_preview"),
    path("services/<uuid:pk>/", services.edit_service, name="edit_service"),
    path("services/<uuid:pk>/up/", services.move_up, name="service_up"),
    path("services/<uuid:pk>/down/", services.move_down, name="service_down"),
    path("services/<uuid:pk>/open/", services.open_service, name="open_service"),
    path("services/<uuid:pk>/close/", services.close_service, name="close_service"),
    path("services/<uuid:pk>/archive/", services.confirm_archive, name="confirm_archive"),
    path("services/<uuid:pk>/archive/now/", services.archive_service, name="archive_service"),
    path("services/<uuid:pk>/restore/", services.restore_service, name="restore_service"),
]
