from typing import Any

from django.apps import AppConfig


class ClientAreaConfig(AppConfig):
    name = "client_area"

    def ready(self) -> None:
        from accounts.services import erase_through

        erase_through(_erase)


def _erase(user: Any) -> None:
    from client_area.services.erasing import erase_client
    from naksha.times import INDIA

    erase_client(user_id=user.pk, zone=INDIA)
