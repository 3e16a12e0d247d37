"""People who can log in, and the trail of what was done to whom."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from naksha.db import Row


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        fields.update(role=User.Role.ADMIN, is_superuser=True)
        return self.create_user(email, password, **fields)


class User(Row, AbstractBaseUser, PermissionsMixin):
    """A login. The mail address is its name; a super admin is an admin who is Django's superuser."""

    class Role(models.TextChoices):
        CLIENT = "client", _("Client")
        CONSULTANT = "consultant", _("Consultant")
        ADMIN = "admin", _("Admin")

    email = models.EmailField(_("mail address"), max_length=254)
    first_name = models.CharField(_("first name"), max_length=100)
    last_name = models.CharField(_("last name"), max_length=100, blank=True)
    role = models.CharField(_("role"), max_length=12, choices=Role, default=Role.CLIENT)
    is_active = models.BooleanField(_("active"), default=True)
    date_joined = models.DateTimeField(_("joined"), default=timezone.now, editable=False)
    # Part of what a session is checked against: a higher number ends every login at once.
    login_generation = models.PositiveIntegerField(default=0, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["first_name"]

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        constraints = [
            models.UniqueConstraint(fields=["email"], name="user_email_unique"),
            models.UniqueConstraint(Lower("email"), name="user_email_unique_nocase"),
            models.CheckConstraint(condition=Q(is_superuser=False) | Q(role="admin"), name="user_superuser_is_admin"),
        ]

    def __str__(self) -> str:
        return self.email

    @property
    def is_staff(self) -> bool:
        """Whether Django's admin lets this person in."""
        return self.role == self.Role.ADMIN

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def is_consultant(self) -> bool:
        return self.role == self.Role.CONSULTANT

    def has_confirmed_mail(self) -> bool:
        from allauth.account.models import EmailAddress  # its table points at this one

        return EmailAddress.objects.filter(user=self, verified=True).exists()

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Django's check of a session, with the generation in it, so that logins can end without a new password."""
        return salted_hmac(
            "accounts.User.session", f"{self.password}|{self.login_generation}", secret=secret, algorithm="sha256"
        ).hexdigest()

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.first_name


class AuditEntry(Row):
    """One line of the trail: who did what to which row, and why. Lines are added, never changed."""

    actor = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    actor_label = models.CharField(max_length=254, blank=True)
    action = models.CharField(max_length=64)
    subject_kind = models.CharField(max_length=64)
    subject_id = models.UUIDField()
    subject_label = models.CharField(max_length=254, blank=True)
    reason = models.TextField(blank=True)
    data = models.JSONField(default=dict, blank=True)
    request_id = models.CharField(max_length=32, blank=True)

    class Meta:
        ordering = ["-created_at"]
        verbose_name_plural = "audit entries"
        indexes = [models.Index(fields=["subject_kind", "subject_id", "created_at"], name="audit_by_subject")]

    def __str__(self) -> str:
        return f"{self.told} {self.subject_label}"

    @property
    def told(self) -> str:
        """The action as a reader's words: "Consultant: asked for more"."""
        return self.action.replace(".", ": ").replace("_", " ").capitalize()


class ApiLogin(Row):
    """A login of an app or a script: one device, with tokens of its own (accounts.api.tokens)."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_logins")
    login_generation = models.PositiveIntegerField()  # the account's when it began; a higher one there ends this
    device = models.CharField(max_length=200, blank=True)  # as the app names itself
    address = models.CharField(max_length=45, blank=True)
    last_used_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["-last_used_at"]
        indexes = [models.Index(fields=["user"], condition=Q(ended_at__isnull=True), name="api_login_open")]

    def __str__(self) -> str:
        return self.device or str(self.pk)


class RefreshToken(Row):
    """One link of a login's chain of refresh tokens. Only its hash is kept; it is spent once."""

    login = models.ForeignKey(ApiLogin, on_delete=models.CASCADE, related_name="refresh_tokens")
    token_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["login"], condition=Q(used_at__isnull=True), name="refresh_token_one_unspent"
            ),
        ]


class SocketTicket(Row):
    """A ticket that opens one socket, once, within seconds. Only its hash is kept."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    login = models.ForeignKey(ApiLogin, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
