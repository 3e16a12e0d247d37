from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SessionsAppConfig(AppConfig):
    name = "sessions_app"
    verbose_name = _("Sessions")

    def ready(self) -> None:
        from clients.keys import register as open_with
        from clients.moving import register as move
        from consultants.commitments import register as keep
        from consultants.services.policy import when_reminders_change
        from payments.payable import register
        from sessions_app import commitments, owing, payable
        from sessions_app.merging import SessionsMove
        from sessions_app.models import Session
        from sessions_app.services.reminding import plan_all
        from sessions_app.services.renewing import SessionKeys

        move("sessions", SessionsMove(), order=20)
        open_with("sessions", SessionKeys())
        register(Session.PAYABLE, payable.load, payable.DOOR, owing.SessionDesk())
        when_reminders_change(plan_all)
        keep("recorded", commitments.RecordedSessions())
