from django.urls import path

from accounts.api.views import admin, entrance, passwords
from accounts.api.views.health import Health, SystemHealth

urlpatterns = [
    path("health", Health.as_view()),
    path("auth/signup", entrance.Signup.as_view()),
    path("auth/login", entrance.LogIn.as_view()),
    path("auth/admin/login", entrance.AdminLogIn.as_view()),
    path("auth/refresh", entrance.Refresh.as_view()),
    path("auth/logout", entrance.LogOut.as_view()),
    path("auth/me", entrance.Me.as_view()),
    path("auth/forgot-password", passwords.ForgotPassword.as_view()),
    path("auth/reset-password", passwords.ResetPassword.as_view()),
    path("auth/change-password", passwords.ChangePassword.as_view()),
    path("auth/verify-email/<str:token>", passwords.VerifyEmail.as_view()),
    path("auth/resend-verification", passwords.ResendVerification.as_view()),
    path("auth/ws-ticket", entrance.WsTicket.as_view()),
    path("admin/audit-log", admin.AuditLog.as_view()),
    path("admin/admins", admin.Admins.as_view()),
    path("admin/system/health", SystemHealth.as_view()),
]
