from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from allauth.mfa.signals import authenticator_added

        from accounts import second_factor
        from accounts.api import tokens
        from naksha.web.browsers import app_logins_by

        authenticator_added.connect(second_factor.spend_first, dispatch_uid="accounts.spend_first")
        app_logins_by(spend=tokens.spend_ticket, users=tokens.users_of)
