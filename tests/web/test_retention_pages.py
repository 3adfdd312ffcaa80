"""The list of what is over its time, its holds and its register, on the screen."""

from __future__ import annotations

import pytest

from core.roles import Role
from evidence.models import Evidence
from tests import make
from tests.web.filled import at_the_screen
from tests.workflows.test_retention import BASIS, old
from workflows.models import Disposal, Hold, Round

pytestmark = pytest.mark.django_db


def test_from_the_rule_to_the_register_by_the_pages_alone() -> None:
    of = make.house()
    round_ = make.round_(of)
    item = old(of, round_)
    office, second = at_the_screen(of.office), at_the_screen(of.closer)
    to = f"/rounds/{round_.pk}/retention/"
    assert "keeps its evidence for ever" in office.get(to).content.decode()
    assert 'name="retention"' in office.get(f"/rounds/{round_.pk}/settings/").content.decode()
    office.post(f"{to}rule/", {"retention": "10y"})
    assert Round.objects.get(pk=round_.pk).retention == "10y"
    listed = office.get(to).content.decode()
    assert "ended 1 May 2010, kept until 31 December 2020" in listed
    form = {"item": [item.pk], "basis": BASIS}
    office.post(f"/rounds/{round_.pk}/disposals/", form)
    row = Disposal.objects.get()
    assert "Take the proposal back" in office.get(to).content.decode()
    assert "Destroy these files" in second.get(to).content.decode()
    answer = second.post(f"/disposals/{row.pk}/", {"way": "confirm"})
    assert answer.status_code == 302
    register = second.get(to).content.decode()
    assert BASIS in register
    assert item.citations.get().evidence.digest in register
    page = office.get(f"/items/{item.pk}/").content.decode()
    assert "had evidence destroyed" in page
    gone = office.get(f"/evidence/{item.citations.get().pk}/")
    assert gone.status_code == 409
    assert BASIS in gone.content.decode()


def test_a_proposal_is_refused_or_taken_back_on_the_page() -> None:
    of = make.house()
    round_ = make.round_(of)
    Round.objects.update(retention="10y")
    item = old(of, round_)
    office, second = at_the_screen(of.office), at_the_screen(of.closer)
    to = ""
    for client, form in (
        (second, {"way": "refuse", "reason": make.REASON}),
        (office, {"way": "take_back"}),
    ):
        office.post(f"/rounds/{round_.pk}/disposals/", {"item": [item.pk], "basis": BASIS})
        to = f"/disposals/{Disposal.objects.get(outcome='open').pk}/"
        assert client.post(to, form).status_code == 302
    assert office.post(to, {"way": "explode"}).status_code == 422
    assert not Evidence.objects.filter(inspection="destroyed").exists()
    assert {d.outcome for d in Disposal.objects.all()} == {"refused", "taken_back"}


def test_a_hold_is_set_by_number_shown_on_the_item_and_lifted() -> None:
    of = make.house()
    round_ = make.round_(of)
    item = make.item(house=of, round_=round_)
    inspector = at_the_screen(make.person(Role.INSPECTION_OFFICE, unit=of.unit))
    to = f"/rounds/{round_.pk}/holds/"
    assert inspector.post(to, {"no": "99-9", "reason": make.REASON}).status_code == 422
    inspector.post(to, {"no": item.no, "reason": make.REASON})
    inspector.post(to, {"no": "", "reason": make.REASON})
    assert [hold.item for hold in Hold.objects.all()] == [item, None]
    office = at_the_screen(of.office)
    assert "under legal hold" in office.get(f"/items/{item.pk}/").content.decode()
    page = office.get(f"/rounds/{round_.pk}/retention/").content.decode()
    assert "set by the inspection office" in page
    assert "Lift the hold" not in page
    for hold in Hold.objects.all():
        assert "Lift the hold" in inspector.get(f"/rounds/{round_.pk}/retention/").content.decode()
        inspector.post(f"/holds/{hold.pk}/lift/", {"reason": make.REASON})
    assert not Hold.objects.standing().exists()
    assert "Lifted holds" in office.get(f"/rounds/{round_.pk}/retention/").content.decode()


def test_the_list_is_for_those_who_answer_for_what_is_kept_and_for_auditors() -> None:
    of = make.house()
    round_ = make.round_(of)
    auditor = at_the_screen(make.person(Role.AUDITOR, unit=of.unit))
    to = f"/rounds/{round_.pk}/retention/"
    page = auditor.get(to).content.decode()
    assert "Register of disposals" in page
    assert "<form" not in page.split("<main")[1]
    assert "Retention and legal holds" in auditor.get("/rounds/").content.decode()
    assert at_the_screen(of.staff).get(to).status_code == 403
    assert at_the_screen(make.house().office).get(to).status_code == 404
