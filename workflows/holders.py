"""Who holds what of a route: whose answer a duty waits for, and who answered. Reads only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, TypeVar

from django.db.models import Q
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from core.models import Membership
from core.roles import Role
from workflows import matter_duties
from workflows.states import Standing

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from django.utils.functional import Promise

    from core.actor import Actor, Post, Stand
    from workflows.models import Duty, Item, PlanOpinion, Request, Submission

    Matter: TypeAlias = Submission | Request
    """What a route decides. Both have item, cycle, steps, position, duties and whose it is."""

Read = TypeVar("Read")
On: TypeAlias = Literal["submission", "request"]
"""Which of an item's two matters: a review and a request may be under decision side by side."""
REVIEW: Final = "submission"
REQUEST: Final = "request"


def has_a_part(at: str, actor: Actor) -> Q:
    """Of duties: asked of the actor, or of whom they stand in for, by name; or answered by them.

    Whoever is asked from another section sees the item for that; who was taken back, no longer.
    """
    people = sorted(actor.people)
    counts = [Standing.OPEN, Standing.HELD, Standing.DONE]
    asked = Q(**{f"{at}person__in": people, f"{at}state__in": counts})
    return asked | Q(**{f"{at}decided_by__in": people})


def answered_by(matter: Matter) -> set[int]:
    """Asked for it, or agreed to it: themselves and whoever they answered for."""
    if matter.pk is None:
        return {matter.asker_id}
    return {matter.asker_id} | matter_duties.who_agreed(matter)


def approvals(matter: Matter, *, since: int = 0) -> list[Duty]:
    """The answers that agreed and still count, from a step of the route on."""
    given = matter.duties.filter(state=Standing.DONE, outcome="approve", position__gte=since)
    return list(given.select_related("decided_by", "behind").order_by("pk"))


def _agreed(duty: Duty) -> bool:
    return duty.state == Standing.DONE and duty.outcome == "approve"


def _who_answered(matter: Matter, given: Iterable[Duty]) -> set[int]:
    """The same answer as `answered_by`, of duties that were read already."""
    people = {person for duty in given for person in (duty.decided_by_id, duty.behind_id)}
    return {matter.asker_id} | {person for person in people if person}


def matter_of(item: Item, on: On) -> Matter | None:
    """The submission or the request under decision, which then knows this very row as its item."""
    matter = matter_duties.submission_of(item) if on == REVIEW else item.request
    if matter is not None:
        matter.item = item
    return matter


def silent(item: Item, on: On = REVIEW) -> set[int]:
    """Those who have no say in what is under decision, because they had it already."""
    matter = matter_of(item, on)
    if matter is None:
        return set()
    given = (duty for duty in counted(item, on) if _agreed(duty))
    return _kept(item, matter, "silent", lambda: _who_answered(matter, given))


def counted(item: Item, on: On = REVIEW) -> list[Duty]:
    """Every duty of what is under decision that still counts, copies aside, the oldest first."""
    matter = matter_of(item, on)
    if matter is None:
        return []

    def read() -> list[Duty]:
        found = matter_duties.counted(matter)
        for duty in found:
            duty.item = item
            setattr(duty, on, matter)
        return found

    return _kept(item, matter, "counted", read)


def waiting(item: Item, on: On = REVIEW) -> list[Duty]:
    """Open duties of what is under decision and those held up, the oldest first."""
    return [d for d in counted(item, on) if d.state in {Standing.OPEN, Standing.HELD}]


def open_duties(item: Item, on: On = REVIEW) -> list[Duty]:
    return [duty for duty in waiting(item, on) if duty.state == Standing.OPEN]


def _kept(item: Item, matter: Matter, name: str, read: Callable[[], Read]) -> Read:
    """Read once for each version of the item: a page asks the same for every verb."""
    kept: dict[tuple[Any, ...], Any] = item.__dict__.setdefault("_of_the_route", {})
    key = (name, item.version, type(matter), matter.pk)
    if key not in kept:
        kept[key] = read()
    found: Read = kept[key]
    return found


def behind_whom(duty: Duty | PlanOpinion, actor: Actor) -> tuple[bool, int | None]:
    """(whether the duty is addressed to the actor, whom they would answer for)."""
    if duty.behind_id is not None:  # a deputy took it on from a group
        if actor.id == duty.behind_id:
            return True, None
        stands = any(stand.person_id == duty.behind_id for stand in actor.stands_for)
        return (True, duty.behind_id) if stands and actor.id == duty.person_id else (False, None)
    if duty.person_id == actor.id if duty.person_id else _fits_one(duty, actor.posts):
        return True, None
    for stand in actor.stands_for:
        if lent(duty, stand):
            return True, stand.person_id
    return False, None


def lent(duty: Duty | PlanOpinion, stand: Stand) -> bool:
    """Whether a duty that nobody took on is among what a deputy answers for somebody."""
    if stand.since is not None and duty.opened_at < stand.since:
        return False
    fits = _fits_one(duty, stand.posts)
    if duty.person_id is None:
        return fits
    return duty.person_id == stand.person_id and (stand.whole or fits)


def _fits_one(duty: Duty | PlanOpinion, posts: Iterable[Post]) -> bool:
    return any(_fits(duty, post) for post in posts)


def _fits(duty: Duty | PlanOpinion, post: Post) -> bool:
    if post.role != duty.role:
        return False
    if duty.section_id is not None:
        return post.section_id == duty.section_id
    return duty.unit_path.startswith(post.unit_path)


def duty_of(item: Item, actor: Actor, on: On = REVIEW) -> Duty | None:
    """The open duty this actor may answer: the one addressed to them by name before a group's."""
    mine = [duty for duty in open_duties(item, on) if behind_whom(duty, actor)[0]]
    mine.sort(
        key=lambda d: (not may_answer(d, actor), d.person_id != actor.id, not d.person_id, d.pk)
    )
    return mine[0] if mine else None


def may_answer(duty: Duty, actor: Actor) -> bool:
    """Neither they nor whom they stand in for asked for it or agreed to it already."""
    had_their_say = silent(duty.item, duty.on)
    return actor.id not in had_their_say and behind_whom(duty, actor)[1] not in had_their_say


def passed_over(item: Item, actor: Actor, on: On = REVIEW) -> bool:
    """Whether the step would be theirs, had it not gone up one level because of them."""
    matter = matter_of(item, on)
    raised = any(duty.raised for duty in open_duties(item, on))
    if not raised or matter is None or actor.id not in silent(item, on):
        return False
    step = matter.steps[matter.position]
    match step.party:
        case "head":
            return actor.heads(item.lead_section_id)
        case "support_heads":
            return any(actor.heads(part.section_id) for part in item.other_sections.all())
        case "person":
            return step.person_id == actor.id
        case "leaders":
            named = {leader.user_id for leader in item.leaders.all()} - {None}
            return actor.id in named or actor.holds(Role.LEADER, unit_path=item.unit_path)
        case party:
            return actor.holds(Role(party), unit_path=item.unit_path)


def held_up(item: Item, actor: Actor, on: On = REVIEW) -> list[Duty]:
    """The open duties that the actor's own step waits for: their helper, their signers."""
    held = [duty for duty in waiting(item, on) if duty.state == Standing.HELD]
    mine = {duty.pk for duty in held if behind_whom(duty, actor)[0]}
    return [d for d in open_duties(item, on) if d.parent_id in mine]


def added_by(item: Item, actor: Actor, on: On = REVIEW) -> list[Duty]:
    """The signers and helpers this actor asked, while they have not answered."""
    return [d for d in waiting(item, on) if d.asked_by_id is not None and d.asked_by_id == actor.id]


def asks(duties: Iterable[Duty]) -> Promise | str | None:
    """Whom these duties ask, in words; None when they ask nobody."""
    words = list(dict.fromkeys(_asked(duty) for duty in duties))
    if not words:
        return None
    return format_lazy(" / ".join(["{}"] * len(words)), *words)


def _asked(duty: Duty) -> Promise | str:
    if duty.person is not None:
        return duty.person.name
    match duty.role:
        case Role.SECTION_HEAD if duty.section_id == duty.item.lead_section_id:
            return _("a head of the lead section")
        case Role.SECTION_HEAD:
            return format_lazy(_("a head of {section}"), section=str(duty.section))
        case Role.LEADER:
            return _("a responsible leader")
        case Role.UNIT_HEAD:
            return _("the first responsible person")
        case _:
            return _("the rectification office")


def names(item: Item, on: On = REVIEW) -> dict[int, list[str]]:
    """Who may answer each open duty today, by name."""
    matter = matter_of(item, on)
    if matter is None:
        return {}
    return _kept(item, matter, "names", lambda: _names(open_duties(item, on), silent(item, on)))


def names_of(duty: Duty) -> list[str]:
    """Who may answer a duty today, by name."""
    return _names([duty], answered_by(duty.matter))[duty.pk]


def _names(duties: list[Duty], had_their_say: set[int]) -> dict[int, list[str]]:
    """One query, however many duties there are."""
    groups = [duty for duty in duties if duty.person_id is None]
    posts = _posts_of(groups).exclude(user__in=had_their_say) if groups else ()
    found: dict[int, list[str]] = {}
    for duty in duties:
        if duty.person is not None:
            found[duty.pk] = [duty.person.name] * (duty.person_id not in had_their_say)
        else:
            theirs = (post.user.name for post in posts if _is_of(duty, post))
            found[duty.pk] = list(dict.fromkeys(theirs))
    return found


def asked(duties: Collection[Duty]) -> dict[int, list[int]]:
    """Whom each duty asks, by key, whether they had their say or not; who is behind a deputy."""
    groups = [duty for duty in duties if duty.person_id is None]
    posts = _posts_of(groups) if groups else ()
    found: dict[int, list[int]] = {}
    for duty in duties:
        named = duty.behind_id or duty.person_id
        theirs = (post.user_id for post in posts if _is_of(duty, post))
        found[duty.pk] = [named] if named else list(dict.fromkeys(theirs))
    return found


def _posts_of(groups: list[Duty]) -> Any:
    wanted = Q()
    for duty in groups:
        wanted |= Q(role=duty.role, section=duty.section_id)
    rows = Membership.objects.in_force().filter(wanted)
    return rows.select_related("user", "unit").order_by("user_id")


def _is_of(duty: Duty, post: Membership) -> bool:
    if (post.role, post.section_id) != (duty.role, duty.section_id):
        return False
    return duty.section_id is not None or duty.unit_path.startswith(post.unit.path)
