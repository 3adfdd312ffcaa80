"""A verdict in words: what is wrong with the file, and what its owner can do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from core.refusals import Unmet

if TYPE_CHECKING:
    from django.utils.functional import Promise

_SAVE_AGAIN = _("Open the file, save it again as what it is, and hand in that one.")
_AS_PDF = _("Export it as PDF, or print it and take a picture, and hand in that one.")
_AS_NEW = _("Save a copy without it, or export the file as PDF, and hand in that one.")
_TRY_LATER = _("Nothing is lost: hand the file in again in a few minutes.")

_WORDS: dict[str, tuple[Promise, Promise]] = {
    "type": (
        _("“%(name)s” is not a type of file that evidence can be."),
        _("Hand in pictures, PDF, Office, OFD, text, sound or film; unpack archives first."),
    ),
    "mismatch": (
        _("“%(name)s” is called .%(ending)s but its content is something else."),
        _SAVE_AGAIN,
    ),
    "damaged": (_("“%(name)s” is damaged or incomplete."), _SAVE_AGAIN),
    "appended": (
        _("“%(name)s” goes on behind its own end; what follows is not part of it."),
        _SAVE_AGAIN,
    ),
    "two-in-one": (_("“%(name)s” is two files in one: it also opens as %(about)s."), _SAVE_AGAIN),
    "script": (_("“%(name)s” contains a script or a web page (%(about)s)."), _AS_PDF),
    "pixels": (
        _("“%(name)s” is too large a picture (%(about)s)."),
        _("Save it smaller, then hand in that one."),
    ),
    "heavy": (
        _("“%(name)s” takes more memory or time to look into than is allowed."),
        _("Split it or save it simpler, then hand in that one."),
    ),
    "bomb": (
        _("“%(name)s” unpacks to far more than it seems to be."),
        _("Save it again with the program that made it, or export it as PDF."),
    ),
    "encrypted": (
        _("“%(name)s” is under a password or encrypted, so nobody can look into it."),
        _("Take the password away, save it, and hand in that one."),
    ),
    "encoding": (
        _("“%(name)s” is not plain text in UTF-8 or GB18030."),
        _("Save it as text with the encoding UTF-8, and hand in that one."),
    ),
    "dde": (_("“%(name)s” contains a field or formula that starts a program."), _AS_NEW),
    "macros": (_("“%(name)s” contains macros (%(about)s)."), _AS_NEW),
    "activex": (_("“%(name)s” contains ActiveX controls (%(about)s)."), _AS_NEW),
    "embedded": (
        _("“%(name)s” carries another file inside (%(about)s)."),
        _("Take the file out and hand it in by itself."),
    ),
    "external": (
        _("“%(name)s” fetches something from elsewhere when it is opened (%(about)s)."),
        _("Break the link so that the content is kept in the file, or export it as PDF."),
    ),
    "part": (_("“%(name)s” has a part that such a file does not have (%(about)s)."), _AS_PDF),
    "xml": (_("“%(name)s” declares document types or entities (%(about)s)."), _AS_PDF),
    "zip": (
        _("“%(name)s” is not packed as its own program packs it (%(about)s)."),
        _("Open it, save it again with Office or WPS, and hand in that one."),
    ),
    "pdf-script": (_("“%(name)s” contains JavaScript."), _AS_PDF),
    "pdf-launch": (_("“%(name)s” starts a program when it is opened."), _AS_PDF),
    "pdf-attachment": (
        _("“%(name)s” has other files attached inside."),
        _("Take the attachments out and hand them in by themselves."),
    ),
    "pdf-form": (_("“%(name)s” is a form that sends or loads data by itself."), _AS_PDF),
    "pdf-media": (_("“%(name)s” contains sound, film or 3D."), _AS_PDF),
    "virus": (
        _("The virus scanner found %(about)s in “%(name)s”."),
        _("Do not open the file. Tell the system administrator."),
    ),
    "scanner": (
        _("“%(name)s” waits for inspection: the virus scanner does not answer."),
        _(
            "Nothing is lost: what was uploaded is tried again every minute; anything else hand in "
            "again in a few minutes. If it stays so, tell the system administrator."
        ),
    ),
    "storage": (
        _("“%(name)s” waits: the storage of files does not take it now."),
        _("Nothing is lost: it is tried again every minute. If it stays so, tell the office."),
    ),
    "waiting": (_("“%(name)s” waits for inspection."), _TRY_LATER),
    "gone": (
        _("What had arrived of “%(name)s” is no longer there."),
        _("Leave it out and choose the file again. Tell the system administrator of it."),
    ),
    "inspection": (_("“%(name)s” could not be inspected to the end."), _SAVE_AGAIN),
}
NOTES: dict[str, Promise] = {
    "old": _("Old Office format: it can be downloaded only."),
    "macros": _("Macros found: do not allow them when you open it."),
    "embedded": _("Other files are embedded in it."),
    "motion": _("A telephone's moving picture: only the still is shown."),
}
CODES = tuple(_WORDS)


def refusal(code: str, name: str, *, about: str = "", ending: str = "") -> Unmet:
    reason, then = _WORDS.get(code, _WORDS["inspection"])
    return Unmet(reason % {"name": name, "about": about, "ending": ending}, then=then)
