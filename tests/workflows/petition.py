"""A request that was just asked, with somebody of every part around, and what they do in a word."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar

from core.roles import Role
from tests import make
from tests.workflows import scene
from tests.workflows.review import Review
from workflows import holders
from workflows.actions import requests, routes
from workflows.actions.signing import Signing
from workflows.guards import Signed
from workflows.holders import On
from workflows.models import Item, Request
from workflows.models.route import Step
from workflows.states import State


class Petition(Review):
    """`ask` asks by its staff; whatever the office asks, the office."""

    on: ClassVar[On] = holders.REQUEST

    @property
    def request(self) -> Request:
        """The latest request."""
        return Request.objects.filter(item=self.item).latest("no")

    def ask(self, kind: str, who: str = "", **words: Any) -> None:
        said = {"reason": scene.REASON, **_WORDS[kind], **words}
        asker = who or ("staff" if kind in {"extend", "suspend"} else "office")
        _ASK[kind](self.item.pk, **said, **self.form(asker))

    def agree(self, *whos: str, signing: Signing | Signed | None = None) -> None:
        for who in whos:
            requests.agree(self.item.pk, opinion="Granted.", signing=signing, **self.form(who))

    def refuse(self, who: str, reason: str = scene.REASON) -> None:
        requests.refuse(self.item.pk, reason=reason, **self.form(who))

    def take_back(self, who: str = "staff") -> None:
        requests.take_back(self.item.pk, **self.form(who))

    def outcomes(self) -> list[str]:
        return list(self.item.requests.order_by("no").values_list("outcome", flat=True))


_ASK: dict[str, Any] = {
    "extend": requests.ask_extension,
    "suspend": requests.ask_suspension,
    "cancel": requests.ask_cancel,
    "merge": requests.ask_merge,
    "reopen": requests.ask_reopen,
}
_WORDS: dict[str, dict[str, Any]] = {
    "extend": {"ground": "funds", "until": make.LATER},
    "suspend": {"until": make.FAR_OFF},
    "cancel": {},
    "merge": {},
    "reopen": {"basis": make.BASIS},
}


def petition(
    kind: str = "",
    *,
    state: str = State.RECTIFYING,
    preset: str = "",
    steps: Sequence[Step] = (),
    leaders: Sequence[str] = ("leader",),
    due: date = date(2026, 12, 31),
    **words: Any,
) -> Petition:
    """An item of which `kind` was just asked, on the usual route of its kind or the one given."""
    house = make.house(parent=make.unit())
    people = {
        "staff": house.staff,
        "colleague": house.colleague,
        "head": house.head,
        "leader": make.person(Role.LEADER, unit=house.unit, name="Leader one"),
        "second leader": make.person(Role.LEADER, unit=house.unit, name="Leader two"),
        "first person": make.person(Role.UNIT_HEAD, unit=house.unit),
        "office": house.office,
        "closer": house.closer,
        "inspector": make.person(Role.INSPECTION_OFFICE, unit=house.unit.parent),
    }
    round_ = make.round_(house)
    if preset or steps:
        routes.set_route(
            round_.pk, actor=house.office.actor(), preset=preset, steps=steps, matter=kind
        )
    names = tuple(people[who].name for who in leaders)
    item = make.item(state, house=house, round_=round_, leaders=names, due=due)
    on = Petition(house, item, people)
    if kind:
        on.ask(kind, **words)
    return on


def beside(on: Petition, state: str = State.RECTIFYING, **line: Any) -> Item:
    """Another item of the same round."""
    return make.item(state, house=on.house, round_=on.item.round, **line)
