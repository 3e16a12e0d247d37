from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    name = "meetings"

    def ready(self) -> None:
        from django.core import checks

        from meetings import jaas, jitsi
        from meetings.checks import moderators
        from meetings.providers import register

        register(jitsi.Jitsi())
        register(jaas.JaaS())
        checks.register(moderators, "meetings", deploy=True)
