"""Fields that read what people type and show what is kept."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from naksha.money import to_paise


class RupeesField(forms.CharField):
    """Rupees as people type them, as integer paise. Left empty, where it may be, it is 0."""

    default_error_messages = {"invalid": _("Write an amount in rupees, like 1,500 or 1500.50.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=20, widget=forms.TextInput(attrs={"inputmode": "decimal", "size": 10}), **kwargs)

    def clean(self, value: Any) -> int:
        text = super().clean(value)
        if not text:
            return 0
        try:
            return to_paise(text)
        except ValueError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, int):
            return value
        if not value and not self.required:
            return ""
        whole, part = divmod(value, 100)
        return f"{whole}.{part:02d}" if part else str(whole)
