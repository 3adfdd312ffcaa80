"""Every way the domain says no.

* Refusal
  x NotFound       404  it is not there, or not for you to know of
  x NotPermitted   403  you may not
  x Conflict       409  you may, but not now
    + StaleItem         somebody else was faster
    + NoSuchMove        this state has no such verb
  x Unmet          422  you may and could, but something is missing
  x Unsafe         503  the record cannot be kept now, so nothing may change
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.utils.functional import Promise

    type_text = str | Promise


class Refusal(Exception):
    """A no that teaches: which rule, what state, who may, what next.

    `holes` are addresses of what is missing, as (anchor on the item page, words).
    """

    status = 400
    code = "refused"

    def __init__(
        self,
        rule: type_text,
        *,
        state: type_text = "",
        who: type_text = "",
        then: type_text = "",
        holes: Sequence[tuple[str, type_text]] = (),
    ) -> None:
        super().__init__(rule)
        self.rule = rule
        self.state = state
        self.who = who
        self.then = then
        self.holes = tuple(holes)

    def __str__(self) -> str:
        return str(self.rule)

    def as_dict(self) -> dict[str, object]:
        """For a program: `code` is stable, the rest are words in the active language."""
        return {
            "code": self.code,
            "rule": str(self.rule),
            "state": str(self.state),
            "who": str(self.who),
            "next": str(self.then),
            "holes": [{"at": at, "text": str(text)} for at, text in self.holes],
        }


class NotFound(Refusal):
    status = 404
    code = "not-found"

    def __init__(self, rule: type_text = _("There is no such thing here.")) -> None:
        super().__init__(rule, then=_("Go back to the list and open it from there."))


class NotPermitted(Refusal):
    status = 403
    code = "not-permitted"


class Conflict(Refusal):
    status = 409
    code = "not-now"


class StaleItem(Conflict):
    """Carries what changed meanwhile, as sentences, so that the page can show it."""

    code = "stale"

    def __init__(self, changes: Sequence[str], *, state: type_text) -> None:
        super().__init__(
            _("Somebody was faster: this changed after you opened the page."),
            state=state,
            then=_("Read what changed, then decide again on the page as it is now."),
        )
        self.changes = tuple(changes)


class NoSuchMove(Conflict):
    code = "no-such-move"


class Unmet(Refusal):
    status = 422
    code = "unmet"


class Unsafe(Refusal):
    status = 503
    code = "unsafe"
