"""Pages of the consultant's money."""

from django.urls import path

from dashboard.payments.views import due, one, papers, payouts, statement, transactions

app_name = "money"

urlpatterns = [
    path("", transactions.page, name="list"),
    path("list/", transactions.rows, name="rows"),
    path("export.csv", transactions.export, name="export"),
    path("due/", due.page, name="due"),
    path("due/list/", due.rows, name="due_rows"),
    path("due/<uuid:pk>/ask/", due.ask, name="ask"),
    path("invoices/", papers.page, name="papers"),
    path("invoices/list/", papers.rows, name="paper_rows"),
    path("invoices/<uuid:pk>.pdf", papers.document, name="document"),
    path("payouts/", payouts.page, name="payouts"),
    path("payouts/parts/", payouts.parts, name="payout_parts"),
    path("statement/", statement.page, name="statement"),
    path("statement/<str:name>.pdf", statement.pdf, name="statement_pdf"),
    path("statement/<str:name>.csv", statement.export, name="statement_csv"),
    path("<uuid:pk>/", one.page, name="one"),
    path("<uuid:pk>/parts/", one.parts, name="parts"),
    path("<uuid:pk>/refund/", one.refund, name="refund"),
    path("<uuid:pk>/receipt.pdf", one.receipt, name="receipt"),
]
