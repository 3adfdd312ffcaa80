from __future__ import annotations

import pytest

from audit import triggers
from tests import make
from workflows.models import Item


@pytest.mark.django_db(transaction=True)
def test_a_transaction_test_leaves_rows_behind() -> None:
    make.item()
    assert Item.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_and_the_next_one_finds_none_and_the_record_protected() -> None:
    assert not Item.objects.exists()
    assert triggers.missing() == frozenset()
