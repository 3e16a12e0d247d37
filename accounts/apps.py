from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from allauth.mfa.signals import authenticator_added

        from accounts import second_factor

        authenticator_added.connect(second_factor.spend_first, dispatch_uid="accounts.spend_first")
        self.ready_for_sockets()

    def ready_for_sockets(self) -> None:
        """The part of it that the process of live connections needs."""
        from accounts import tickets
        from naksha.web.browsers import app_logins_by

        app_logins_by(spend=tickets.spend_ticket, users=tickets.users_of)
