from __future__ import annotations

import pytest

from tests import make
from workflows.states import State

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("state", list(State))
def test_the_maker_brings_an_item_to_each_state(state: State) -> None:
    assert make.item(state).state == state
