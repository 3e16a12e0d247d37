from django.apps import AppConfig


class DashboardConfig(AppConfig):
    name = "dashboard"

    def ready(self) -> None:
        from clients.moving import register as move
        from dashboard.figures.keeping import mark
        from dashboard.figures.moving import FiguresMove
        from naksha import past

        past.listen(mark)
        move("figures", FiguresMove(), order=90)
