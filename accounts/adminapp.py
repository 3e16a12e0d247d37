from django.contrib.admin.apps import AdminConfig


class NakshaAdminConfig(AdminConfig):
    default_site = "accounts.adminsite.NakshaAdminSite"
