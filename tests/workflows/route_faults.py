"""Faults that could be made in a route, each seeded for the length of a block.

1.  lost update: the version of the page is not asked
2.  a second click agrees twice
3.  self-approval through a deputy: the deputy answers for one who agreed already
4.  a deputy's answer is not their principal's: the principal answers once more
5.  the trail does not say for whom a deputy answered
6.  a recalled deputy goes on
7.  somebody agrees twice
8.  an approval survives a return to an earlier step
9.  an approval survives a change of the content
10. a signer added before is bypassed
11. a signer added after is bypassed
12. the answer of a signer before ends the step
13. a step is not given back
14. a step is given back too early: signers after signers after are overlooked
15. a dropped signer leaves behind whom others added below
16. somebody is added who had their say, or is asked already
17. a signer is dropped by somebody else
18. the helper's answer counts as agreement
19. two winners of a claim
20. a step is left out
21. one of all suffices
22. those asked one after another are all asked at once
23. the next in order is never asked
24. whoever is no longer needed is still asked
25. their tasks stay open
26. a submission is withdrawn after an answer
27. what should come straight back begins at the first step
28. what is in review changes its route with the round
29. a return goes to a step that is not an earlier one
30. bulk approval of what was not opened
31. an answer is told nowhere
32. who agreed in an earlier cycle is silent for ever
33. nobody goes up one level: a step asks whoever answered already
34. agreement without having read, where the round demands it
35. having read the evidence of before counts for what was added since
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import Any

from audit import record
from tests.workflows.faults import (
    approval_survives,
    done_twice,
    lost_update,
    patched,
    without_guard,
)
from workflows import flows, holders, routing
from workflows.actions import bulk, decisions, duties, passage
from workflows.models import Deputy, Duty, Item
from workflows.models.deputy import DeputyQuerySet
from workflows.models.reading import Demand

Fault = Callable[[], AbstractContextManager[None]]


def constantly(place: object, name: str, answer: object) -> Fault:
    return lambda: patched(place, name, lambda *_args, **_words: answer)


def instead(place: object, name: str, other: object) -> Fault:
    return lambda: patched(place, name, other)


def for_one_who_agreed() -> AbstractContextManager[None]:
    silent = holders.silent
    return patched(holders, "may_answer", lambda duty, who: who.id not in silent(duty.item))


@contextmanager
def principal_forgotten() -> Iterator[None]:
    answered = holders._who_answered

    def deputies_only(submission: Any, given: Any) -> set[int]:
        rows = list(given)
        return answered(submission, rows) - {duty.behind_id for duty in rows}

    with patched(holders, "_who_answered", deputies_only):
        yield


def in_their_own_name() -> AbstractContextManager[None]:
    addressed = holders.behind_whom
    return patched(holders, "behind_whom", lambda *args: (addressed(*args)[0], None))


def recalled_goes_on() -> AbstractContextManager[None]:
    def also_recalled(rows: Any, on: Any = None) -> Any:
        return rows.filter(person__is_active=True)

    return patched(Deputy.objects, "in_force", lambda: also_recalled(DeputyQuerySet(Deputy)))


def only_the_nearest(duty: Duty) -> list[Duty]:
    near = [duty, *duty.children.select_related("task")]
    return [one for one in near if one.state in {"open", "held"}]


def only_below_the_unanswered(duty: Duty) -> list[Duty]:
    found, above = [duty], [duty]
    while above:
        rows = Duty.objects.filter(parent__in=above, state__in=["open", "held"])
        above = list(rows.select_related("task"))
        found += above
    return [one for one in found if one.state in {"open", "held"}]


def agrees_by_helping() -> AbstractContextManager[None]:
    answer = decisions.answer

    def agrees(item: Any, actor: Any, _outcome: str, *rest: Any, **words: Any) -> Duty:
        return answer(item, actor, "approve", *rest, **words)

    return patched(duties, "answer", agrees)


def before_is_bypassed() -> AbstractContextManager[None]:
    return patched(routing, "is_agreed", lambda duty, **_words: duty.kind != "before")


def whoever_it_is() -> AbstractContextManager[None]:
    return patched(duties, "free", lambda duty, who: duties.colleague(duty.item.unit_path, who))


def two_winners() -> AbstractContextManager[None]:
    addressed = holders.behind_whom

    def also(duty: Any, actor: Any) -> Any:
        heads = duty.role and any(post.role == duty.role for post in actor.posts)
        return (True, None) if heads else addressed(duty, actor)

    return patched(holders, "behind_whom", also)


def step_left_out() -> AbstractContextManager[None]:
    following = routing.next_position

    def further(submission: Any, position: int) -> int:
        found = following(submission, position)
        return min(found + 1, len(submission.steps) - 1) if position else found

    return patched(passage, "next_position", further)


def one_suffices() -> AbstractContextManager[None]:
    def any_of_them(submission: Any) -> Any:
        return tuple(replace(step, how="any") for step in submission.steps)

    return patched(routing, "steps_of", any_of_them)


def all_at_once() -> AbstractContextManager[None]:
    ask = passage.ask

    def now(submission: Any, seat: Any, **fields: Any) -> Any:
        plain = fields.get("kind", "step") == "step"
        return ask(submission, seat, **{**fields, "state": "open"} if plain else fields)

    return patched(passage, "ask", now)


def as_the_round_has_it() -> AbstractContextManager[None]:
    def present(submission: Any) -> Any:
        route = routing.present_route(submission.item.round)
        return route.steps if route else submission.steps

    return patched(routing, "steps_of", present)


def unopened_passes() -> AbstractContextManager[None]:
    return patched(bulk, "VERBS", {**bulk.VERBS, "approve": decisions.approve})


def answer_untold() -> AbstractContextManager[None]:
    append = record.append

    def forgetful(name: str, **words: Any) -> Any:
        return words["head"] if name == "item.endorsed" else append(name, **words)

    return patched(record, "append", forgetful)


def nothing_demanded() -> AbstractContextManager[None]:
    demanded = Item.demand_on
    return patched(Item, "demand_on", lambda *args: replace(demanded(*args), must_read=False))


def read_once_for_all() -> AbstractContextManager[None]:
    demanded = Item.demand_on

    def any_reading(item: Any, person_id: int) -> Demand:
        found = demanded(item, person_id)
        enough = any(piece.read for piece in found.pieces)
        return replace(found, pieces=()) if enough else found

    return patched(Item, "demand_on", any_reading)


@contextmanager
def silent_for_ever() -> Iterator[None]:
    answered = holders.answered_by

    def of_every_cycle(submission: Any) -> set[int]:
        every = submission.item.duties.filter(state="done", outcome="approve")
        return answered(submission) | set(every.values_list("decided_by", flat=True))

    with (
        patched(holders, "answered_by", of_every_cycle),
        patched(routing, "answered_by", of_every_cycle),
    ):
        yield


FAULTS: dict[str, Fault] = {
    "lost update": lost_update,
    "a second click agrees twice": done_twice,
    "self-approval through a deputy": for_one_who_agreed,
    "a deputy's answer is not their principal's": principal_forgotten,
    "the trail does not say for whom": in_their_own_name,
    "a recalled deputy goes on": recalled_goes_on,
    "somebody agrees twice": constantly(holders, "silent", set()),
    "an approval survives a return to a step": constantly(passage, "void_approvals", []),
    "an approval survives a change": approval_survives,
    "a signer before is bypassed": before_is_bypassed,
    "a signer after is bypassed": constantly(routing, "_is_waited_for", False),
    "a signer before ends the step": constantly(routing, "_comes_back", False),
    "a step is not given back": constantly(passage, "_give_way", None),
    "a step is given back too early": instead(passage, "_unanswered", only_the_nearest),
    "a dropped signer leaves others": instead(passage, "_unanswered", only_below_the_unanswered),
    "who had their say is added": whoever_it_is,
    "a signer is dropped by another": instead(
        holders, "added_by", lambda item, *_args: [d for d in holders.waiting(item) if d.parent_id]
    ),
    "a helper agrees": agrees_by_helping,
    "two winners of a claim": two_winners,
    "a step is left out": step_left_out,
    "one of all suffices": one_suffices,
    "all in order are asked at once": all_at_once,
    "the next in order is not asked": constantly(passage, "_open_the_next", None),
    "who is not needed is still asked": constantly(passage, "_void_open", None),
    "tasks stay open": constantly(flows, "drop", None),
    "withdrawn after an answer": without_guard("withdraw", "nobody_has_answered"),
    "straight back begins at the first": constantly(routing, "first_position", 0),
    "a route changes under a review": as_the_round_has_it,
    "a return goes onward": instead(routing, "earlier", lambda s: range(len(s.steps))),
    "bulk approval unread": unopened_passes,
    "an answer is untold": answer_untold,
    "silent for ever": silent_for_ever,
    "nobody goes up one level": constantly(routing, "_raised", None),
    "agreement unread": nothing_demanded,
    "what was read before counts for what was added": read_once_for_all,
}
# What each is looked for near, so that it is met soon.
TOWARD: dict[str, set[str]] = {
    "lost update": {"late", "approve"},
    "a second click agrees twice": {"again", "approve"},
    "self-approval through a deputy": {"approve"},
    "a deputy's answer is not their principal's": {"approve"},
    "the trail does not say for whom": {"approve"},
    "a recalled deputy goes on": {"recall"},
    "somebody agrees twice": {"approve"},
    "an approval survives a return to a step": {"step_back"},
    "an approval survives a change": {"attach"},
    "a signer before is bypassed": {"add_before", "approve"},
    "a signer after is bypassed": {"add_after", "approve"},
    "a signer before ends the step": {"standard", "add_before", "approve"},
    "a step is not given back": {"ask_help", "give_back"},
    "a step is given back too early": {"nest"},
    "a dropped signer leaves others": {"nest"},
    "who had their say is added": {"who had their say", "approve"},
    "a signer is dropped by another": {"not theirs to drop", "add_before"},
    "a helper agrees": {"ask_help", "give_back"},
    "two winners of a claim": {"claim"},
    "a step is left out": {"approve"},
    "one of all suffices": {"full", "approve"},
    "all in order are asked at once": {"own", "approve"},
    "the next in order is not asked": {"own", "approve"},
    "who is not needed is still asked": {"standard", "approve"},
    "tasks stay open": {"send_back", "add_before"},
    "withdrawn after an answer": {"after an answer", "approve"},
    "straight back begins at the first": {"send_back_straight", "approve"},
    "a route changes under a review": {"set_route", "approve"},
    "a return goes onward": {"onward", "approve"},
    "bulk approval unread": {"unread", "approve"},
    "an answer is untold": {"approve"},
    "silent for ever": {"close"},
    "nobody goes up one level": {"own", "approve"},
    "agreement unread": {"demand", "approve", "evidence unread"},
    "what was read before counts for what was added": {"demand", "attach", "evidence unread"},
}
