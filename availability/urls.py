from django.urls import path

from availability.views import dates, hours, terms

app_name = "availability"

urlpatterns = [
    path("", hours.hours, name="hours"),
    path("zone/", hours.zone, name="zone"),
    path("dates/", dates.dates, name="dates"),
    path("dates/add/", dates.add, name="add_dates"),
    path("dates/clear/", dates.clear, name="clear_dates"),
    path("blocks/add/", dates.add_block, name="add_block"),
    path("blocks/<uuid:block_id>/remove/", dates.remove_block, name="remove_block"),
    path("terms/", terms.Terms.as_view(), name="terms"),
]
