"""Documents as PDF: what stands on them (``facts``), how they are drawn (``paper``, ``document.typ``), their links,
and handing them over (``serving``)."""

from payments.documents.facts import invoice_facts, receipt_facts
from payments.documents.links import RECEIPT_SALT, Paper, papers, receipt_url
from payments.documents.paper import draw
from payments.documents.serving import attached

__all__ = ["RECEIPT_SALT", "Paper", "attached", "draw", "invoice_facts", "papers", "receipt_facts", "receipt_url"]
