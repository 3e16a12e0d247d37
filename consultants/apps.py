from typing import Any

from django.apps import AppConfig


class ConsultantsConfig(AppConfig):
    name = "consultants"

    def ready(self) -> None:
        from allauth.account.signals import email_confirmed, user_logged_in

        from accounts.closed import explain_with
        from accounts.models import User
        from accounts.services import when_joining
        from consultants.services.approval import why_suspended
        from consultants.services.registration import create_consultant

        when_joining(User.Role.CONSULTANT, create_consultant)
        explain_with(why_suspended)
        email_confirmed.connect(_confirmed, dispatch_uid="consultants.a_step_is_done")
        user_logged_in.connect(_logged_in, dispatch_uid="consultants.save_what_waits")


def _confirmed(*, email_address: Any, **_: Any) -> None:
    from consultants.services.profile import mail_confirmed

    mail_confirmed(user=email_address.user)


def _logged_in(*, request: Any, user: Any, **_: Any) -> None:
    from consultants.services import saving

    saving.save_what_waits(user=user, browser=request.session)
