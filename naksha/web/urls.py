from django.urls import path, re_path

from naksha.web import health, look, media, styleguide

app_name = "web"

urlpatterns = [
    path("health", health.live, name="health"),
    path("health/ready", health.ready, name="ready"),
    path("look/", look.choose_theme, name="theme"),
    path("styleguide/", styleguide.styleguide, name="styleguide"),
    path("styleguide/<slug:page>/", styleguide.frame, name="styleguide-frame"),
    re_path(r"^media/photos/(?P<name>[\w-]{1,80})\.(?P<kind>jpg|png|webp)$", media.photo, name="photo"),
]
