"""What waits for inspection is looked into again, by the clock, until it has a verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from audit import record
from core.actor import SYSTEM
from evidence import deriving, storage
from evidence.inspection import inspector
from evidence.inspection.verdict import State
from evidence.models import Evidence

if TYPE_CHECKING:
    from evidence.inspection.verdict import Verdict


def sweep(*, most: int = 50) -> int:
    """Inspect what waits, oldest first; answer how many got a verdict.

    Where the scanner does not answer, the rest is left for the next time.
    """
    done = 0
    waiting = Evidence.objects.filter(inspection=State.QUARANTINED).order_by("pk")
    for evidence in waiting[:most]:
        try:
            with storage.local(evidence.digest) as path:
                verdict = inspector.inspect(path, evidence.ending, evidence.digest)
        except FileNotFoundError:
            continue  # the verification of the record tells of it
        if verdict.state is State.QUARANTINED:
            _tell_why(evidence, verdict)
            break
        done += _settle(evidence, verdict)
    return done


def _tell_why(evidence: Evidence, verdict: Verdict) -> None:
    waiting = Evidence.objects.filter(pk=evidence.pk, inspection=State.QUARANTINED)
    waiting.update(finding=verdict.code, finding_about=verdict.about[:200])


def _settle(evidence: Evidence, verdict: Verdict) -> int:
    """Write the verdict and its event, unless somebody else has settled it meanwhile."""
    with transaction.atomic(durable=True):
        waiting = Evidence.objects.filter(pk=evidence.pk, inspection=State.QUARANTINED)
        if not waiting.update(**verdict.as_fields(timezone.now())):
            return 0
        told = {
            "name": evidence.name,
            "digest": evidence.digest,
            "state": verdict.state.value,
            "finding": verdict.code,
        }
        evidence.inspection = verdict.state
        deriving.expect(evidence)
        head = record.head_of(f"evidence:{evidence.pk}")
        record.append("evidence.inspected", head=head, actor=SYSTEM, data=told)
    return 1
