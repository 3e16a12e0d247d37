from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class QuotationsConfig(AppConfig):
    name = "quotations"
    verbose_name = _("Quotations")

    def ready(self) -> None:
        from clients.keys import register as open_with
        from clients.moving import register as move
        from consultants.commitments import register as keep
        from payments.payable import register
        from quotations import commitments, owing, payable
        from quotations.merging import QuotationsMove
        from quotations.models import Quotation
        from quotations.services.renewing import QuotationKeys

        register(Quotation.PAYABLE, payable.load, payable.DOOR, owing.QuotationDesk())
        move("quotations", QuotationsMove(), order=15)
        open_with("quotations", QuotationKeys())
        keep("quotation", commitments.OpenQuotations())
