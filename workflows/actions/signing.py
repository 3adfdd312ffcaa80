"""Signing a decision: the name typed, the password entered again, and where asked, drawn."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.contrib.auth import authenticate
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from core.actor import Kind
from core.models import User
from core.refusals import NotPermitted, Refusal, Unmet
from evidence.drawn import drawn
from workflows import guards
from workflows.actions.step import record_refusal
from workflows.guards import Signed
from workflows.models import Item, Signature, SignedAct

if TYPE_CHECKING:
    from uuid import UUID

    from core.actor import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Signing:
    """What a form says to sign. The password is looked at once, and never kept or shown."""

    name: str
    password: str = field(repr=False)
    picture: str = field(default="", repr=False)
    """As the browser draws it: a data address of a PNG."""
    points: str = field(default="", repr=False)


def proven(
    item_id: int, verb: str, *, actor: Actor, signing: Signing | Signed | None
) -> Signed | None:
    """The signature for one item's form; a wrong one is refused and recorded there.

    Outside the transaction of the act: a wrong password counts although nothing else happens.
    """
    if signing is None or isinstance(signing, Signed):
        return signing
    if actor.kind is not Kind.PERSON or not Item.objects.visible_to(actor).filter(pk=item_id):
        return None  # the act itself says why not; whose password it is does not matter then
    try:
        return prove(actor, signing)
    except Refusal as refused:
        record_refusal(item_id, verb, actor, refused)
        raise


def saying(signed: Signed | None) -> dict[str, Any]:
    """What a second click says again; the form of one without a signature is as it always was."""
    return {"signature": signed} if signed else {}


@sensitive_variables("signing")
def prove(actor: Actor, signing: Signing) -> Signed:
    """The person's own name, a drawing that can be kept, and the password of their login."""
    person = User.objects.get(pk=actor.person_id)
    if _plain(signing.name) != _plain(person.name):
        raise Unmet(
            _("The name that was typed is not your own."),
            then=_("Type your name as it stands in your account: %(name)s.")
            % {"name": person.name},
            holes=[("signed_name", _("your name"))],
        )
    ink = drawn(signing.picture, signing.points) if signing.picture or signing.points else None
    _insist_on_password(person, signing, actor)
    if ink is None:
        return Signed(name=person.name)
    ink.keep()
    return Signed(
        name=person.name,
        picture=ink.digest,
        points_digest=ink.points_digest,
        points=ink.points,
    )


def _plain(name: str) -> str:
    return unicodedata.normalize("NFKC", name).strip()


@sensitive_variables("signing")
def _insist_on_password(person: User, signing: Signing, actor: Actor) -> None:
    """As at the door: a failure is recorded there, and counts toward the lock of the account."""
    knock = HttpRequest()
    knock.META["REMOTE_ADDR"] = actor.address
    if authenticate(knock, username=person.username, password=signing.password) == person:
        return
    if getattr(knock, "axes_locked_out", False):
        raise NotPermitted(
            _("Too many wrong passwords: the account is locked for a quarter of an hour."),
            then=_("Nothing was decided. Wait, then sign again."),
        )
    raise Unmet(
        _("The password is not right; nothing was decided."),
        then=_("Enter the password you log in with. After five wrong ones the account is locked."),
        holes=[("password", _("your password"))],
    )


def sign_for_many(
    verb: str, *, actor: Actor, command_id: UUID, signing: Signing | None
) -> Signature:
    """One signature for all rows of a bulk form, kept before any of them; again, the same."""
    if signing is None:
        raise guards.unsigned()
    signed = prove(actor, signing)
    with transaction.atomic(durable=True):
        return _kept(verb, signed, actor, command_id)


def of_many(signature_id: int, *, actor: Actor) -> Signed:
    """A kept signature of this person, for one more row of the form it was given on."""
    kept = Signature.objects.get(pk=signature_id, person=actor.id)
    return Signed(
        id=kept.pk,
        name=kept.typed_name,
        picture=kept.picture,
        points_digest=kept.points_digest,
    )


def _kept(verb: str, signed: Signed, actor: Actor, command_id: UUID) -> Signature:
    said = {
        "verb": verb,
        "typed_name": signed.name,
        "picture": signed.picture,
        "points": signed.points,
        "points_digest": signed.points_digest,
        "at": timezone.now(),
    }
    kept, _new = Signature.objects.get_or_create(
        person_id=actor.person_id, command=command_id, defaults=said
    )
    return kept


def put(
    signed: Signed | None, *, verb: str, actor: Actor, command_id: UUID, seq: int, **under: Any
) -> dict[str, Any]:
    """Set the signature under the act whose event is `seq`; returns what that event says.

    `under`: the item with its submission or request, or the plan.
    """
    if signed is None:
        return {}
    pk = signed.id or _kept(verb, signed, actor, command_id).pk
    SignedAct(signature_id=pk, seq=seq, **under).save()
    told = {"id": pk, "name": signed.name, "picture": signed.picture}
    return {"signature": {**told, "points": signed.points_digest}}
