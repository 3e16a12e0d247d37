from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    name = "meetings"

    def ready(self) -> None:
        from meetings import jaas, jitsi
        from meetings.providers import register

        register(jitsi.Jitsi())
        register(jaas.JaaS())
