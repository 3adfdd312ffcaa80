"""Every address; each has a row in web.roles.TABLE."""

from django.contrib.auth.views import LogoutView
from django.urls import path
from django.views.i18n import set_language

from web.views import (
    account,
    acts,
    board,
    evidence,
    home,
    imports,
    item,
    ledger,
    people,
    review,
    rounds,
    session,
)

urlpatterns = [
    path("login/", session.LoginView.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("language/", set_language, name="language"),
    path("live", session.live, name="live"),
    path("", home.home, name="home"),
    path("banner/", home.banner, name="banner"),
    path("account/", account.account, name="account"),
    path("account/password/", account.password, name="password"),
    path("people/", people.people, name="people"),
    path("people/new/", people.add, name="person_add"),
    path("people/<int:user_id>/", people.person, name="person"),
    path("people/<int:user_id>/password/", people.reset, name="person_reset"),
    path("people/<int:user_id>/active/", people.active, name="person_active"),
    path("people/<int:user_id>/roles/", people.grant, name="role_grant"),
    path("roles/<int:membership_id>/end/", people.end, name="role_end"),
    path("units/<int:unit_id>/sections/", people.add_section, name="section_add"),
    path("sections/<int:section_id>/name/", people.rename_section, name="section_rename"),
    path("rounds/", rounds.rounds, name="rounds"),
    path("rounds/new/", rounds.new, name="round_new"),
    path("board/", board.board, name="board"),
    path("items/<int:item_id>/", item.item, name="item"),
    path("items/<int:item_id>/<slug:verb>/", acts.act, name="act"),
    path(
        "items/<int:item_id>/measures/<int:measure_id>/evidence/", evidence.attach, name="attach"
    ),
    path(
        "items/<int:item_id>/evidence/<int:citation_id>/withdraw/",
        evidence.withdraw_evidence,
        name="withdraw_evidence",
    ),
    path("evidence/<int:citation_id>/", evidence.evidence, name="evidence"),
    path("evidence/<int:citation_id>/image/", evidence.evidence_image, name="evidence_image"),
    path("review/", review.review, name="review"),
    path("ledger/", ledger.ledger, name="ledger"),
    path("ledger/assign/", ledger.assign, name="ledger_assign"),
    path("ledger/export/", ledger.export, name="ledger_export"),
    path("ledger/<int:item_id>/", ledger.peek, name="ledger_peek"),
    path("import/", imports.imports, name="imports"),
    path("import/upload/", imports.upload, name="import_upload"),
    path("import/<int:batch_id>/", imports.preview, name="import_preview"),
    path("import/<int:batch_id>/correct/", imports.correct, name="import_correct"),
    path("import/<int:batch_id>/marked/", imports.marked, name="import_marked"),
    path("import/<int:batch_id>/confirm/", imports.confirm, name="import_confirm"),
    path("import/<int:batch_id>/undo/", imports.undo, name="import_undo"),
]
