"""Pages of a consultant's clients."""

from django.urls import path

from dashboard.clients.views import importing, merging, page, table, writing

app_name = "clients"

urlpatterns = [
    path("", table.table, name="list"),
    path("rows/", table.rows, name="rows"),
    path("export.csv", table.export_csv, name="export"),
    path("new/", writing.new, name="new"),
    path("import/", importing.new, name="import_new"),
    path("import/<uuid:pk>/", importing.show, name="import"),
    path("import/<uuid:pk>/progress/", importing.progress, name="import_progress"),
    path("import/<uuid:pk>/columns/", importing.columns, name="import_columns"),
    path("import/<uuid:pk>/confirm/", importing.confirm, name="import_confirm"),
    path("import/<uuid:pk>/go-on/", importing.go_on, name="import_go_on"),
    path("import/<uuid:pk>/stop/", importing.stop, name="import_stop"),
    path("import/<uuid:pk>/throw-away/", importing.drop, name="import_drop"),
    path("import/<uuid:pk>/report.csv", importing.report, name="import_report"),
    path("fields/", writing.fields, name="fields"),
    path("fields/<uuid:pk>/", writing.edit_field, name="field"),
    path("fields/<uuid:pk>/delete/", writing.delete_field, name="delete_field"),
    path("notes/<uuid:pk>/delete/", page.delete_note, name="delete_note"),
    path("<uuid:pk>/", page.client, name="client"),
    path("<uuid:pk>/parts/", page.parts, name="parts"),
    path("<uuid:pk>/edit/", writing.edit, name="edit"),
    path("<uuid:pk>/archive/", page.archive, name="archive"),
    path("<uuid:pk>/restore/", page.restore, name="restore"),
    path("<uuid:pk>/merge/", merging.merge, name="merge"),
    path("<uuid:pk>/notes/", page.add_note, name="add_note"),
]
