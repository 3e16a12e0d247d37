from typing import Any

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


def _watch_logout(user: Any, **_: Any) -> None:
    from naksha.web.sockets import look_again

    if user is not None:
        look_again(user.pk)


# The second viewer of the API's document is large, and nobody is shown it.
NOT_SERVED = ["redoc", "*standalone-preset*"]


class WebConfig(AppConfig):
    name = "naksha.web"
    label = "web"

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_out

        import naksha.celery  # noqa: F401  the queue, before any task is left in it
        from naksha.schedule import sync_after_migrate

        post_migrate.connect(sync_after_migrate, sender=apps.get_app_config("django_celery_beat"))
        user_logged_out.connect(_watch_logout)
        files = apps.get_app_config("staticfiles")
        files.ignore_patterns = [*files.ignore_patterns, *NOT_SERVED]  # type: ignore[attr-defined]
