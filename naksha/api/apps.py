from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "naksha.api"
    label = "api"
