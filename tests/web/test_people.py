from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit import record
from audit.models import Event
from core.actor import SYSTEM
from core.models import Membership, User
from core.roles import Role
from tests import make
from tests.make import House
from tests.web.addresses import client_of

pytestmark = pytest.mark.django_db

PASSWORD = re.compile(r'class="one-time">(\w{16})<')


@pytest.fixture
def house() -> House:
    return make.house()


@pytest.fixture
def system(house: House) -> User:
    return make.person(Role.SYSTEM_OFFICER, unit=house.unit)


@pytest.fixture
def security(house: House) -> User:
    return make.person(Role.SECURITY_OFFICER, unit=house.unit)


@pytest.fixture
def audit(house: House) -> User:
    return make.person(Role.AUDIT_OFFICER, unit=house.unit)


def page(user: User, path: str = "/people/") -> str:
    return client_of(user).get(path).content.decode()


def send(user: User, path: str, **said: object) -> tuple[int, str]:
    answer = client_of(user).post(path, said, follow=True)
    return answer.status_code, answer.content.decode()


def happened(name: str) -> int:
    return Event.objects.filter(name=name).count()


def test_a_section_that_nobody_heads_is_marked_in_the_tree_and_in_the_table(house: House) -> None:
    shown = page(house.office)
    assert "1 个科室无负责人" in shown
    assert shown.count("无负责人：该科室无人可以审核") == 1
    assert shown.index(house.other_section.name) < shown.index("无负责人：该科室无人可以审核")


def test_a_head_whose_time_is_over_no_longer_counts(house: House) -> None:
    house.head.memberships.update(ends=timezone.localdate() - timedelta(days=1))
    assert "2 个科室无负责人" in page(house.office)


def test_the_tree_shows_units_with_those_below_them_and_no_others(house: House) -> None:
    below = make.unit(parent=house.unit)
    stranger = make.house()
    shown = page(house.office)
    assert shown.index(house.unit.name) < shown.index(f'?unit={below.pk}"')
    assert stranger.unit.name not in shown
    assert client_of(house.office).get(f"/people/?unit={stranger.unit.pk}").status_code == 404


def test_the_people_of_a_unit_are_listed_with_their_roles(house: House, system: User) -> None:
    shown = page(system)
    for user in (house.staff, house.head, house.office):
        assert f'href="/people/{user.pk}/"' in shown
    assert f"科室负责人 · {house.section.name}" in shown


def test_people_are_found_by_a_part_of_their_name_or_login(house: House, system: User) -> None:
    make.membership(make.user(name="欧阳文"), Role.STAFF, section=house.section)
    shown = page(system, "/people/?show=all&q=阳文")
    assert "欧阳文" in shown
    assert f">{house.closer.name}</a></th>" not in shown
    assert "没有找到此人" in page(system, "/people/?show=all&q=无此人")


def test_accounts_without_a_role_and_shut_ones_have_lists_of_their_own(
    house: House, security: User
) -> None:
    idle, shut = make.user(name="待授权"), make.user(name="已离岗", is_active=False)
    assert idle.name in page(security, "/people/?show=idle")
    assert shut.name not in page(security, "/people/?show=idle")
    assert shut.name in page(security, "/people/?show=shut")
    assert shut.name not in page(security, "/people/?show=all")


def test_accounts_without_a_post_are_known_only_at_the_root_of_the_tree(house: House) -> None:
    idle = make.user()
    below = make.person(Role.SECURITY_OFFICER, unit=make.unit(parent=house.unit))
    assert client_of(below).get(f"/people/{idle.pk}/").status_code == 404
    assert client_of(below).get(f"/people/{house.staff.pk}/").status_code == 404


def test_whoever_is_posted_nowhere_sees_an_explanation(house: House) -> None:
    lost = make.person(Role.OFFICE, unit=house.unit)
    lost.memberships.update(unit=make.unit())
    assert "台账中出现科室" in page(lost)


def test_the_office_adds_and_renames_sections(house: House) -> None:
    status, shown = send(house.office, f"/units/{house.unit.pk}/sections/", name=" 督查科 ")
    assert (status, "已新增科室“督查科”" in shown) == (200, True)
    section = house.unit.sections.get(name="督查科")
    send(house.office, f"/sections/{section.pk}/name/", name="督查一科")
    section.refresh_from_db()
    assert section.name == "督查一科"
    assert (happened("section.added"), happened("section.renamed")) == (1, 1)


@pytest.mark.parametrize("name", ["", "  ", "字" * 81])
def test_a_section_name_that_does_not_do_changes_nothing(house: House, name: str) -> None:
    status, _shown = send(house.office, f"/units/{house.unit.pk}/sections/", name=name)
    again, _shown = send(house.office, f"/sections/{house.section.pk}/name/", name=name)
    assert (status, again) == (422, 422)
    assert house.unit.sections.count() == 2
    assert (happened("section.added"), happened("section.renamed")) == (0, 0)


def test_buttons_stand_only_where_the_act_would_be_allowed(
    house: House, system: User, security: User, audit: User
) -> None:
    acts = {
        "section": f'action="/units/{house.unit.pk}/sections/"',
        "account": 'action="/people/new/"',
    }
    offered = {
        user: {name for name, form in acts.items() if form in page(user)}
        for user in (house.office, system, security, audit)
    }
    assert offered == {
        house.office: {"section"},
        system: {"account"},
        security: set(),
        audit: set(),
    }
    assert "只有本单位整改办可以新增科室" in page(system)
    assert "只有系统管理员可以开设账号" in page(house.office)


def test_the_persons_page_offers_each_officer_their_own_acts(
    house: House, system: User, security: User, audit: User
) -> None:
    path = f"/people/{house.staff.pk}/"
    acts = {"password": f"{path}password/", "active": f"{path}active/", "roles": f"{path}roles/"}
    offered = {
        user: {name for name, form in acts.items() if f'action="{form}"' in page(user, path)}
        for user in (house.office, system, security, audit)
    }
    assert offered == {
        house.office: set(),
        system: {"password", "active"},
        security: {"roles"},
        audit: set(),
    }


def test_nobody_is_offered_to_change_themselves(system: User, security: User) -> None:
    own = page(system, f"/people/{system.pk}/")
    assert "任何人不得停用自己的账号" in own
    assert f'action="/people/{system.pk}/active/"' not in own
    assert "任何人不得变更自己的角色" in page(security, f"/people/{security.pk}/")


def test_a_new_account_gets_a_password_that_is_shown_once(house: House, system: User) -> None:
    said = {"unit": house.unit.pk, "login": "zhangsan", "name": "张三", "email": ""}
    client = client_of(system)
    answer = client.post("/people/new/", said)
    [password] = PASSWORD.findall(answer.content.decode())
    assert answer["Cache-Control"] == "no-store"
    user = User.objects.get(username="zhangsan")
    assert user.check_password(password)
    assert (user.must_change_password, user.memberships.count()) == (True, 0)
    assert password not in client.get(f"/people/{user.pk}/").content.decode()
    assert password not in str(Event.objects.get(name="person.added").data)


@pytest.mark.parametrize(
    "wrong",
    [{"login": ""}, {"name": " "}, {"login": "a b"}, {"email": "nowhere"}, {"name": "字" * 81}],
)
def test_an_account_that_does_not_fit_is_not_opened(
    house: House, system: User, wrong: dict[str, str]
) -> None:
    said = {"unit": str(house.unit.pk), "login": "zhangsan", "name": "张三", "email": ""} | wrong
    status, _shown = send(system, "/people/new/", **said)
    assert status == 422
    assert not User.objects.filter(username__in=["zhangsan", "a b"]).exists()
    assert happened("person.added") == 0


def test_a_reset_hands_out_a_password_and_ends_every_session(house: House, system: User) -> None:
    theirs = client_of(house.staff)
    answer = client_of(system).post(
        f"/people/{house.staff.pk}/password/", headers={"HX-Request": "true"}
    )
    shown = answer.content.decode()
    assert "<html" not in shown
    house.staff.refresh_from_db()
    assert house.staff.check_password(PASSWORD.findall(shown)[0])
    assert theirs.get("/account/").status_code == 302


def test_an_account_is_shut_and_opened_again(house: House, system: User) -> None:
    path = f"/people/{house.staff.pk}/active/"
    assert "的账号已停用" in send(system, path, active="0")[1]
    house.staff.refresh_from_db()
    assert not house.staff.is_active
    assert "的账号已启用" in send(system, path, active="1")[1]
    assert (happened("person.deactivated"), happened("person.activated")) == (1, 1)


def test_the_security_officer_gives_a_role_and_ends_it(house: House, security: User) -> None:
    user = make.user(name="李四")
    status, shown = send(
        security,
        f"/people/{user.pk}/roles/",
        role="section_head",
        unit=house.unit.pk,
        section=house.other_section.pk,
        starts="",
        ends="2099-12-31",
    )
    assert (status, "已授予李四角色：科室负责人" in shown) == (200, True)
    post = user.memberships.get()
    assert (post.section, str(post.ends)) == (house.other_section, "2099-12-31")
    assert "角色“科室负责人”已终止" in send(security, f"/roles/{post.pk}/end/")[1]
    assert not user.memberships.in_force().exists()
    assert (happened("role.granted"), happened("role.ended")) == (1, 1)


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"role": "emperor"}, 422),
        ({"section": ""}, 422),
        ({"starts": "2026-02-30"}, 422),
        ({"starts": "2026-05-02", "ends": "2026-05-01"}, 422),
        ({"unit": "x"}, 422),
        ({"unit": "999999"}, 404),
        ({"role": "office"}, 422),
    ],
)
def test_a_role_that_does_not_fit_is_not_given(
    house: House, security: User, wrong: dict[str, str], status: int
) -> None:
    user = make.user()
    said = {"role": "staff", "unit": str(house.unit.pk), "section": str(house.section.pk)} | wrong
    assert send(security, f"/people/{user.pk}/roles/", **said)[0] == status
    assert user.memberships.count() == 0
    assert happened("role.granted") == 0


def test_a_role_that_begins_later_is_not_given_twice(house: House, security: User) -> None:
    user = make.user()
    said = {"role": "leader", "unit": house.unit.pk, "starts": "2099-01-01"}
    assert send(security, f"/people/{user.pk}/roles/", **said)[0] == 200
    assert send(security, f"/people/{user.pk}/roles/", **said)[0] == 409
    assert Membership.objects.filter(user=user).count() == 1


def test_the_trail_of_a_person_is_for_the_officers_who_read_trails(
    house: House, system: User, security: User, audit: User
) -> None:
    path = f"/people/{house.staff.pk}/"
    client_of(house.staff).get("/people/")
    client_of(system).post(f"{path}active/", {"active": "0"})
    for reader in (security, audit):
        shown = page(reader, path)
        for words in ("登录", "的请求被拒绝", "GET /people/", "停用账号"):
            assert words in shown
    for other in (house.office, system):
        assert "账号痕迹" not in page(other, path)


def test_the_trail_names_the_file_that_the_system_refused(house: House, audit: User) -> None:
    told = {"name": "假的.pdf", "size": 24, "finding": "mismatch"}
    with transaction.atomic():
        record.note("upload.refused", subject=f"person:{house.staff.pk}", actor=SYSTEM, data=told)
    shown = re.sub(r"\s+", " ", page(audit, f"/people/{house.staff.pk}/"))
    assert "系统 拒收所传文件" in shown
    assert "“假的.pdf”" in shown
    assert "upload.refused" not in shown


def test_a_trail_that_is_empty_says_what_will_be_there(house: House, audit: User) -> None:
    assert "目前没有" in page(audit, f"/people/{house.staff.pk}/")


@pytest.mark.parametrize("more", [1, 3])
def test_the_lists_take_as_many_queries_for_three_rows_as_for_one(
    house: House, system: User, more: int
) -> None:
    for _no in range(more):
        section = make.section(house.unit)
        make.person(Role.STAFF, section=section)
        make.unit(parent=house.unit)
    client = client_of(system)
    client.get("/people/")
    with CaptureQueriesContext(connection) as taken:
        client.get("/people/")
    assert len(taken) == 14
    with CaptureQueriesContext(connection) as taken:
        client.get(f"/people/{house.staff.pk}/")
    assert len(taken) == 11
