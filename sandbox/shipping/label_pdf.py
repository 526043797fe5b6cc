"""A label as the carrier prints it: one small PDF page, the same bytes each time."""

from io import BytesIO

from reportlab.graphics.barcode.code128 import Code128
from reportlab.lib.pagesizes import A6
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from sandbox.shipping.warranty import ReturnLabel

MARGIN = 10 * mm


def label_pdf(label: ReturnLabel) -> bytes:
    """The label's page: what it is, its order, and the tracking number to read and to scan."""
    page, (_, height) = BytesIO(), A6
    canvas = Canvas(page, pagesize=A6, invariant=1)
    canvas.setTitle(f"Return label {label.tracking_number}")
    canvas.setFont("Helvetica-Bold", 16)
    canvas.drawString(MARGIN, height - 20 * mm, "RETURN LABEL")
    canvas.setFont("Helvetica", 10)
    canvas.drawString(MARGIN, height - 30 * mm, f"Order {label.order}")
    canvas.drawString(MARGIN, height - 36 * mm, f"Tracking number {label.tracking_number}")
    canvas.drawString(MARGIN, height - 42 * mm, "To: Sample Warranty Desk, 1 Example Street")
    Code128(label.tracking_number, barHeight=18 * mm, barWidth=0.3 * mm).drawOn(canvas, 0, height - 70 * mm)
    canvas.showPage()
    canvas.save()
    return page.getvalue()
