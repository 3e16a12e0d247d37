"""The look of a mail. Mail programs know no custom properties, so the tokens' values are written out here, once.

Keys are tag names and ``.classes``; :mod:`notifications.rendering` writes them into style attributes. Dark mode is
the <style> of ``mail/base.html``, which mail programs that know it apply over these.
"""

from __future__ import annotations

PAPER, SHEET, BUFF = "#f4f5f0", "#fcfcfa", "#f2ecdc"
INK, INK_2, INK_3 = "#14232a", "#3e4f57", "#56666d"
LINE, ACCENT, ON_ACCENT, CONTOUR = "#d6d8cf", "#a80f57", "#ffffff", "#b79f6d"
TEXT = "Mukta,'Noto Sans Devanagari',-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
DISPLAY = "Eczar,Georgia,'Times New Roman',serif"

STYLES: dict[str, str] = {
    "body": f"margin:0;padding:0;background:{PAPER};-webkit-text-size-adjust:100%",
    ".preheader": "display:none;max-height:0;overflow:hidden;opacity:0;color:transparent;height:0;width:0",
    ".paper": f"background:{PAPER};width:100%;border-collapse:collapse",
    ".gutter": "padding:24px 12px 40px",
    ".column": "width:100%;max-width:600px;border-collapse:collapse",
    ".brand": "padding:0 4px 16px",
    ".wordmark": f"font:600 22px/1 {DISPLAY};color:{INK};text-decoration:none;letter-spacing:-.01em",
    ".mark": f"color:{ACCENT};font-size:20px",
    ".neatline": f"background:{SHEET};border:1px solid {INK};padding:5px",
    ".neat": f"border:1px solid {INK};padding:28px 28px 20px;font:400 17px/1.5 {TEXT};color:{INK}",
    "h1": f"margin:0 0 14px;font:500 28px/1.2 {DISPLAY};color:{INK};letter-spacing:-.01em",
    "h2": f"margin:24px 0 8px;font:600 17px/1.4 {TEXT};color:{INK}",
    "p": "margin:0 0 16px",
    "ul": "margin:0 0 16px;padding:0 0 0 22px",
    "li": "margin:0 0 6px",
    "a": f"color:{INK};text-decoration:underline",
    ".facts": "width:100%;border-collapse:collapse;margin:4px 0 22px",
    "th": f"text-align:left;vertical-align:top;padding:9px 16px 7px 0;border-top:1px solid {LINE};"
    f"font:400 15px/1.4 {TEXT};color:{INK_3};width:34%",
    ".fact": f"padding:9px 0 7px;border-top:1px solid {LINE};font:500 15px/1.4 {TEXT};color:{INK};"
    "overflow-wrap:anywhere;word-break:break-word",
    ".act": "margin:22px 0 24px",
    ".button": f"display:inline-block;background:{ACCENT};color:{ON_ACCENT};font:500 17px/1.2 {TEXT};"
    f"text-decoration:none;padding:13px 22px 12px;border-radius:3px;border:1px solid {ACCENT}",
    ".line-button": f"display:inline-block;color:{INK};font:500 15px/1.2 {TEXT};text-decoration:none;"
    f"padding:10px 16px 9px;border-radius:3px;border:1px solid {INK};margin:0 8px 8px 0",
    ".quote": f"margin:0 0 18px;padding:2px 0 2px 14px;border-left:2px solid {CONTOUR};color:{INK_2};"
    "white-space:pre-line",
    ".note": f"margin:0 0 16px;background:{BUFF};border-left:3px solid {CONTOUR};padding:11px 14px 9px;"
    f"font:400 15px/1.45 {TEXT};color:{INK}",
    ".small": f"font:400 15px/1.45 {TEXT};color:{INK_2}",
    ".signature": f"margin:20px 0 16px;padding-top:14px;border-top:1px solid {LINE};"
    f"font:400 15px/1.45 {TEXT};color:{INK_2}",
    ".code": f"font:600 32px/1.2 {TEXT};letter-spacing:.16em;color:{INK};margin:0 0 18px",
    ".foot": f"padding:18px 6px 0;font:400 13px/1.5 {TEXT};color:{INK_3}",
    ".rule": "display:none",
    ".foot-line": "margin:0 0 6px",
}
