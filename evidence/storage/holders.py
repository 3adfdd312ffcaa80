"""Who names bytes in the storage. What nobody names is an orphan, and is swept in the end.

Say so beside the model, once, and fsck looks for its bytes and the sweep spares them:

    holders.hold("evidence", "evidence.Evidence", "digest", size="size")

`label` is how findings name a row (`evidence:5`); `digest` and `size` may lead into a JSON field.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.apps import apps

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A row that names bytes."""

    subject: str
    digest: str
    size: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    label: str
    model: str
    digest: str
    size: str
    only: dict[str, Any] = field(default_factory=dict)
    """Which rows of the model name bytes at all, or still do."""

    def _rows(self) -> Any:
        rows = apps.get_model(self.model)._default_manager.filter(**self.only)
        return rows.exclude(**{self.digest: ""}).exclude(**{f"{self.digest}__isnull": True})

    def named(self) -> Iterator[Named]:
        columns = ["pk", self.digest, *([self.size] if self.size else [])]
        for row in self._rows().order_by("pk").values_list(*columns).iterator():
            size = row[2] if self.size else None
            yield Named(subject=f"{self.label}:{row[0]}", digest=row[1], size=size)

    def of_these(self, digests: Collection[str]) -> set[str]:
        found = self._rows().filter(**{f"{self.digest}__in": list(digests)})
        return set(found.values_list(self.digest, flat=True))


_holders: dict[str, Holder] = {}


def hold(
    label: str, model: str, digest: str, *, size: str = "", only: dict[str, Any] | None = None
) -> None:
    """Rows of `model` name bytes by their column `digest`, and perhaps know their size."""
    if label in _holders:
        raise ValueError(f"two holders are named {label!r}")
    _holders[label] = Holder(label=label, model=model, digest=digest, size=size, only=only or {})


def everybody() -> Iterator[Named]:
    """Every row that names bytes."""
    for holder in _holders.values():
        yield from holder.named()


def named(digests: Collection[str]) -> set[str]:
    """Those of these digests that any row names."""
    return {digest for holder in _holders.values() for digest in holder.of_these(digests)}
