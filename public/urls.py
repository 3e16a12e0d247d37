from django.contrib.sitemaps.views import sitemap
from django.urls import path

from public.sitemaps import SITEMAPS
from public.views import consultant, directory, plain, reviews

app_name = "public"

urlpatterns = [
    path("", directory.home, name="home"),
    path("consultants/", directory.directory, name="directory"),
    path("webinars/", directory.webinars, name="webinars"),
    path("pricing/", plain.pricing, name="pricing"),
    path("help/", plain.help_page, name="help"),
    path("terms/", plain.terms, name="terms"),
    path("privacy/", plain.privacy, name="privacy"),
    path("robots.txt", plain.robots, name="robots"),
    path("sitemap.xml", sitemap, {"sitemaps": SITEMAPS}, name="sitemap"),
    path("dashboard/preview/", consultant.preview, name="preview"),
    path("<slug:slug>/card.png", consultant.card, name="card"),
    path("<slug:slug>/qr.svg", consultant.qr_code, name="qr"),
    path("<slug:slug>/reviews/", reviews.reviews, name="reviews"),
    path("<slug:slug>/", consultant.consultant_page, name="consultant"),
]
