"""What one may do with a step of a request beside answering it: the same as with a review's."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation

from audit import outbox
from core.refusals import Conflict, NotFound, NotPermitted, Unmet
from core.roles import Role
from tests import make
from tests.workflows import scene
from tests.workflows.petition import Petition, petition
from tests.workflows.review import leave
from workflows import holders, reviewing
from workflows.actions import attention, duties
from workflows.models import Duty, Notice, Urge
from workflows.models.route import How, Party, Step
from workflows.states import State

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english() -> object:
    with translation.override("en"):
        yield


def told(on: Petition) -> tuple[str, dict[str, Any]]:
    event = scene.last(on.item.subject)
    ours = {"from", "to", "version", "form"}
    return event.name, {key: said for key, said in event.data.items() if key not in ours}


def kinds_told(on: Petition, who: str) -> list[str]:
    outbox.sweep()
    rows = Notice.objects.filter(person=on.people[who]).order_by("pk")
    return list(rows.values_list("kind", flat=True))


def test_a_helper_gives_an_opinion_and_decides_nothing() -> None:
    on = petition("extend")
    on.ask_help("head", "colleague")
    assert told(on) == (
        "item.request_help_asked",
        {"no": 1, "step": 0, "person": on.people["colleague"].name, "question": "Lit?"},
    )
    assert on.waits_for() == {"colleague"}
    assert kinds_told(on, "colleague") == ["help"]
    assert on.refused(on.agree, "colleague").startswith("Nobody may do this now")
    assert on.refused(on.agree, "head") == "Your step waits for somebody you asked."
    on.give_back("colleague")
    assert told(on) == ("item.request_given_back", {"no": 1, "step": 0, "opinion": "It is lit."})
    assert (on.waits_for(), on.request.position) == ({"head"}, 0)
    assert kinds_told(on, "head")[-1] == "helped"
    notice = Notice.objects.filter(person=on.people["head"], kind="helped").get()
    assert notice.url == f"/review/?request={on.request.pk}"


def test_an_added_signer_comes_first_and_may_refuse_for_all() -> None:
    on = petition("extend")
    on.add("head", "leader")
    assert on.waits_for() == {"leader"}
    on.agree("leader")
    assert (on.waits_for(), on.request.position) == ({"head"}, 0)
    on.agree("head")
    assert on.waits_for() == {"office", "closer"}
    on.add("office", "second leader")
    on.refuse("second leader")
    assert on.outcomes() == ["refused"]


def test_nothing_is_granted_before_a_signer_after_the_last_step_agreed() -> None:
    on = petition("extend")
    on.agree("head")
    on.add("office", "leader", after=True)
    on.agree("office")
    assert on.waits_for() == {"leader"}
    assert (on.outcomes(), on.now().due) == (["open"], on.item.due)
    on.agree("leader")
    assert on.outcomes() == ["granted"]
    assert on.now().due == make.LATER


def test_a_signer_is_taken_back_while_unanswered_and_only_by_who_added_them() -> None:
    on = petition("extend")
    on.add("head", "leader")
    signer = on.request.duties.get(kind="before")
    with pytest.raises(NotPermitted):
        duties.drop_signer(on.item.pk, duty_id=signer.pk, **on.step_form("office"))
    on.drop("head", "leader")
    assert told(on)[0] == "item.request_signer_dropped"
    assert on.waits_for() == {"head"}
    assert kinds_told(on, "leader") == []  # nobody was told before it was taken back


def test_whoever_asked_is_added_neither_as_a_signer_nor_as_a_helper() -> None:
    on = petition("extend")
    name = on.people["staff"].name
    rule = f"{name} submitted or asked for this, answered already, or is asked already."
    assert on.refused(on.add, "head", "staff") == rule
    assert on.refused(on.ask_help, "head", "staff") == rule


def test_a_copy_of_a_request_is_receipted_by_its_reader() -> None:
    on = petition("extend")
    on.copy("head", "colleague", "leader")
    assert told(on)[1]["people"] == [on.people[who].name for who in ("colleague", "leader")]
    copy = Duty.objects.get(kind="copy", person=on.people["colleague"])
    with pytest.raises(NotFound):
        duties.mark_read(copy.pk, actor=on.actor("office"))
    duties.mark_read(copy.pk, actor=on.actor("colleague"))
    assert told(on) == ("item.copy_read", {"no": 1, "sent_by": on.people["head"].name})
    assert on.waits_for() == {"head"}


def test_one_of_a_group_claims_a_request_and_may_give_it_back() -> None:
    on = petition("extend")
    on.agree("head")
    on.claim("office")
    assert on.waits_for() == {"office"}
    assert on.refused(on.claim, "closer").startswith("Nobody may do this now")
    assert on.refused(on.agree, "closer").startswith("Only ")
    on.release("office")
    assert on.waits_for() == {"office", "closer"}


def test_the_verbs_of_a_request_leave_a_review_beside_it_alone() -> None:
    on = petition("cancel", state=State.IN_REVIEW)
    on.ask_help("leader", "colleague")
    item = on.now()
    assert holders.duty_of(item, on.actor("head")) is not None
    assert holders.duty_of(item, on.actor("colleague")) is None
    assert holders.duty_of(item, on.actor("colleague"), holders.REQUEST) is not None


def test_whoever_is_asked_for_help_with_a_request_finds_it_in_the_queue() -> None:
    on = petition("extend")
    on.ask_help("head", "colleague")
    [duty] = reviewing.asked(on.actor("colleague"))
    assert (duty.request, duty.kind) == (on.request, "help")


# Urging


def test_who_asked_urges_whoever_decides_once_a_day() -> None:
    on = petition("extend")
    attention.urge(on.item.pk, actor=on.actor("staff"), reason="By Friday.", on=holders.REQUEST)
    assert told(on) == (
        "item.urged",
        {"people": [on.people["head"].name], "reason": "By Friday.", "no": 1, "kind": "extend"},
    )
    [notice] = Notice.objects.filter(kind="urged")
    assert (notice.person, notice.url) == (on.people["head"], f"/review/?request={on.request.pk}")
    with pytest.raises(Conflict):
        attention.urge(on.item.pk, actor=on.actor("staff"), on=holders.REQUEST)
    attention.urge(on.item.pk, actor=on.actor("office"), on=holders.REQUEST)
    # whoever has the item is urged apart from it
    attention.urge(on.item.pk, actor=on.actor("office"))
    assert Urge.objects.count() == 3


def test_a_closed_item_that_is_asked_to_be_reopened_may_be_urged_and_others_not() -> None:
    on = petition("reopen", state=State.CLOSED)
    attention.urge(on.item.pk, actor=on.actor("office"), on=holders.REQUEST)
    assert Urge.objects.get().request == on.request
    with pytest.raises(NotPermitted):
        attention.urge(on.item.pk, actor=on.actor("colleague"), on=holders.REQUEST)
    on.agree("leader")
    with pytest.raises(NotFound):
        attention.urge(on.item.pk, actor=on.actor("office"), on=holders.REQUEST)


def test_nobody_urges_themselves() -> None:
    on = petition("cancel")
    with pytest.raises(Unmet):
        attention.urge(on.item.pk, actor=on.actor("leader"), on=holders.REQUEST)
    assert not Urge.objects.exists()


# A holder who left


def test_the_office_gives_a_request_whose_holder_left_to_somebody_else() -> None:
    on = petition("extend")
    assert on.refused(on.give, "office", "leader") == (
        f"This step has somebody who may answer it: {on.people['head'].name}."
    )
    leave(on.people["head"])
    assert on.waits_for() == set()
    on.give("office", "leader")
    assert told(on) == (
        "item.step_given",
        {
            "no": 1,
            "step": 0,
            "kind": "extend",
            "before": "a head of the lead section",
            "person": "Leader one",
            "reason": scene.REASON,
        },
    )
    assert on.waits_for() == {"leader"}
    assert kinds_told(on, "leader")[-1] == "handed"
    on.agree("leader", "office")
    assert on.outcomes() == ["granted"]


def test_a_person_who_left_is_replaced_in_a_review_too_also_as_a_helper() -> None:
    on = petition("extend")
    on.ask_help("head", "colleague")
    leave(on.people["colleague"])
    assert on.refused(on.give, "closer", "staff").startswith(on.people["staff"].name)
    assert on.refused(on.give, "closer", "inspector").startswith("This person has no post")
    on.give("closer", "second leader")
    assert on.waits_for() == {"second leader"}
    on.give_back("second leader")
    assert on.waits_for() == {"head"}


def test_who_asked_for_it_or_agreed_to_it_does_not_choose_who_decides() -> None:
    rule = "Whoever asked for a decision or had their say in it does not choose who decides."
    on = petition("cancel")
    leave(on.people["leader"])
    assert on.refused(on.give, "office", "second leader") == rule
    make.deputy(on.people["office"], on.people["closer"])
    assert on.refused(on.give, "closer", "second leader") == rule
    assert on.refused(on.give, "head", "second leader").startswith("Only ")
    on = petition("cancel", steps=[Step(party=Party.OFFICE), Step(party=Party.LEADERS)])
    on.agree("closer")
    leave(on.people["leader"])
    assert on.refused(on.give, "closer", "second leader") == rule
    on.people["third"] = make.person(Role.OFFICE, unit=on.house.unit)
    on.give("third", "second leader")
    assert on.waits_for() == {"second leader"}


def test_a_step_that_was_answered_meanwhile_is_not_given_away() -> None:
    on = petition("extend")
    [duty] = holders.open_duties(on.now(), holders.REQUEST)
    on.agree("head")
    rule = "There is no such step that waits for an answer."
    assert on.refused(on.give, "closer", "leader", duty) == rule


# Other leaders


def test_a_request_that_waits_for_a_leader_waits_for_the_new_one() -> None:
    on = petition("cancel")
    on.lead("second leader")
    name, data = told(on)
    assert (name, data["before"], data["leaders"]) == (
        "item.leaders_changed",
        ["Leader one"],
        ["Leader two"],
    )
    assert data["request"] == {"no": 1, "kind": "cancel", "to_step": 0, "voids": ""}
    assert on.waits_for() == {"second leader"}
    assert kinds_told(on, "second leader")[-1] == "asked"
    assert on.refused(on.agree, "leader").startswith("Only ")
    on.agree("second leader")
    assert on.outcomes() == ["granted"]


def test_what_a_former_leader_agreed_to_in_a_request_no_longer_counts() -> None:
    steps = [Step(party=Party.LEADERS, how=How.ALL), Step(party=Party.UNIT_HEAD)]
    on = petition("cancel", steps=steps)
    on.agree("leader")
    assert on.request.position == 1
    on.lead("leader", "second leader")
    assert told(on)[1]["request"] == {
        "no": 1,
        "kind": "cancel",
        "to_step": 0,
        "voids": "Leader one",
    }
    assert on.waits_for() == {"leader", "second leader"}
    on.agree("second leader", "leader", "first person")
    assert on.outcomes() == ["granted"]


def test_a_request_that_has_not_reached_the_leaders_only_learns_who_they_are() -> None:
    on = petition("suspend")  # head, leaders, office
    on.lead("second leader")
    assert "request" not in told(on)[1]
    assert on.waits_for() == {"head"}
    on.agree("head")
    assert on.waits_for() == {"second leader"}


def test_leaders_are_people_of_that_post_and_a_change_changes_something() -> None:
    on = petition()
    rule = "A responsible leader is somebody who leads the unit or one above it."
    assert on.refused(on.lead, "head") == rule
    assert on.refused(on.lead) == rule
    assert on.refused(on.lead, "leader") == "Nothing was changed."
    assert on.refused(lambda: on.lead("second leader", who="head")).startswith("Only ")
    outsider = make.person(Role.LEADER, unit=make.unit())
    on.people["outsider"] = outsider
    assert on.refused(on.lead, "outsider") == rule
