"""Pages of quotations: the consultant's, by login; the client's, by a link alone."""

from django.urls import path

import naksha.web.converters  # noqa: F401 - <token:…>
from quotations.views import acts, desk, editor, page, papers, paying

app_name = "quotations"

urlpatterns = [
    path("dashboard/quotations/", desk.quotations, name="list"),
    path("dashboard/quotations/list/", desk.rows, name="rows"),
    path("dashboard/quotations/new/", editor.new, name="new"),
    path("dashboard/quotations/totals/", editor.totals, name="totals"),
    path("dashboard/quotations/<uuid:pk>/", desk.quotation, name="one"),
    path("dashboard/quotations/<uuid:pk>/parts/", desk.parts, name="parts"),
    path("dashboard/quotations/<uuid:pk>/edit/", editor.edit, name="edit"),
    path("dashboard/quotations/<uuid:pk>/send/", acts.send, name="send"),
    path("dashboard/quotations/<uuid:pk>/link/", acts.link, name="link"),
    path("dashboard/quotations/<uuid:pk>/link/new/", acts.new_link, name="new_link"),
    path("dashboard/quotations/<uuid:pk>/mail/", acts.mail_again, name="mail_again"),
    path("dashboard/quotations/<uuid:pk>/withdraw/", acts.withdraw, name="withdraw"),
    path("dashboard/quotations/<uuid:pk>/call-off/", acts.call_off, name="call_off"),
    path("dashboard/quotations/<uuid:pk>/throw-away/", acts.throw_away, name="throw_away"),
    path("dashboard/quotations/<uuid:pk>/duplicate/", acts.duplicate, name="duplicate"),
    path("dashboard/quotations/<uuid:pk>/revise/", acts.revise, name="revise"),
    path("dashboard/quotations/questions/<uuid:pk>/answer/", acts.answer, name="answer"),
    path("dashboard/quotations/<uuid:pk>/pdf/", papers.own_pdf, name="own_pdf"),
    path("dashboard/quotations/<uuid:pk>/picture.png", papers.own_picture, name="own_picture"),
    path("me/quotations/<uuid:pk>/", page.by_login, name="by_login"),
    path("q/<token:token>/", page.page, name="page"),
    path("q/<token:token>/parts/", page.parts, name="page_parts"),
    path("q/<token:token>/accept/", page.accept, name="accept"),
    path("q/<token:token>/decline/", page.decline, name="decline"),
    path("q/<token:token>/ask/", page.ask, name="ask"),
    path("q/<token:token>/pdf/", papers.pdf, name="pdf"),
    path("q/<token:token>/picture.png", papers.picture, name="picture"),
    path("q/<token:token>/pay/", paying.pay, name="pay"),
    path("q/<token:token>/pay/all/", paying.pay_all, name="pay_all"),
    path("q/<token:token>/pay/done/", paying.done, name="pay_done"),
]
