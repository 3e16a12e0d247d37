from __future__ import annotations

from typing import Any, cast

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.auth import require_fresh_login
from consultants.api import examples
from consultants.api import serializers as shown
from consultants.api.base import APPROVED, PracticeView
from consultants.models import BankAccount, BookingPolicy
from consultants.services.banking import save_bank_account
from consultants.services.policy import Terms, change_policy, save_policy
from naksha.api.errors import VALIDATION, ApiError, named
from naksha.api.schema import operation

FRESH = (
    "For five minutes after logging in, as the page asks to show again who one is. Later it is 401 NOT_AUTHENTICATED, "
    'with `error="insufficient_user_authentication"` in `WWW-Authenticate`: log in and send it again. A refresh is no '
    "login. The owner is told of each change by mail."
)


class Policy(PracticeView):
    @operation(
        "consultant_policy_retrieve",
        "The terms on which you can be booked",
        tag="Consultant",
        answer=shown.Policy,
        errors=APPROVED,
        example=examples.POLICY,
    )
    def get(self, request: Request) -> Response:
        policy = BookingPolicy.objects.filter(consultant=self.consultant).first()
        return self.ok(shown.Policy(policy or BookingPolicy(consultant=self.consultant)).data)

    @operation(
        "consultant_policy_update",
        "Set the terms for bookings to come",
        tag="Consultant",
        request=shown.Policy,
        answer=shown.Policy,
        errors=APPROVED,
        request_example=examples.POLICY,
        example=examples.POLICY,
    )
    def put(self, request: Request) -> Response:
        terms = cast(Terms, dict(self.checked(shown.Policy)))
        return self.ok(shown.Policy(save_policy(consultant=self.consultant, terms=terms)).data, _("Saved."))

    @operation(
        "consultant_policy_change",
        "Change some of the terms for bookings to come",
        tag="Consultant",
        request=shown.Policy(partial=True),
        answer=shown.Policy,
        errors=APPROVED,
        request_example={"freeCancelHours": 48},
        example=examples.POLICY,
    )
    def patch(self, request: Request) -> Response:
        changes = self.checked(shown.Policy, partial=True)
        return self.ok(shown.Policy(change_policy(consultant=self.consultant, changes=changes)).data, _("Saved."))


class Bank(PracticeView):
    @operation(
        "consultant_bank_account_retrieve",
        "The account that you are paid out to",
        tag="Consultant",
        answer=shown.Bank(allow_null=True),
        errors=APPROVED,
        example=examples.BANK,
        description="`data` is null while there is none.",
    )
    def get(self, request: Request) -> Response:
        account = BankAccount.objects.select_related("consultant").filter(consultant=self.consultant).first()
        return self.ok(shown.Bank(account).data if account else None)

    @operation(
        "consultant_bank_account_update",
        "Set the account that you are paid out to",
        tag="Consultant",
        request=shown.BankInput,
        answer=shown.Bank,
        errors=APPROVED,
        request_example=examples.BANK_INPUT,
        example=examples.BANK,
        description=FRESH,
    )
    def put(self, request: Request) -> Response:
        require_fresh_login(request)
        return self._saved(self.checked(shown.BankInput))

    @operation(
        "consultant_bank_account_change",
        "Change some of the account that you are paid out to",
        tag="Consultant",
        request=shown.BankInput(partial=True),
        answer=shown.Bank,
        errors=APPROVED,
        request_example={"ifsc": examples.BANK_INPUT["ifsc"]},
        example=examples.BANK,
        description=f"What is left out stays. While there is none, all that PUT needs is needed. {FRESH}",
    )
    def patch(self, request: Request) -> Response:
        require_fresh_login(request)
        return self._saved(self.checked(shown.BankInput, partial=True))

    def _saved(self, given: dict[str, Any]) -> Response:
        try:
            account = save_bank_account(
                consultant=self.consultant,
                facts={
                    "holder_name": given.get("account_holder_name"),
                    "number": given.get("account_number"),
                    "ifsc": given.get("ifsc"),
                    "kind": given.get("account_type"),
                    "pan": given.get("pan"),
                },
            )
        except ValidationError as error:
            names = {"holder_name": "accountHolderName", "number": "accountNumber", "kind": "accountType"}
            raise ApiError(VALIDATION, 400, _("Some of this is not right."), details=named(error, names)) from error
        return self.ok(shown.Bank(account).data, _("Saved."))
