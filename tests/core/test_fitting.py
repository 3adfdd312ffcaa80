from __future__ import annotations

import pytest

from core import fitting
from core.models import User
from core.refusals import Unmet


def test_a_row_that_fits_its_columns_passes() -> None:
    fitting.insist(User(username="li", name="李", email="li@example.test"), "username", "email")


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", ""), ("name", "长" * 81), ("email", "no address"), ("username", "two words")],
)
def test_a_field_that_does_not_fit_is_named(field: str, value: str) -> None:
    row = User(**{"username": "li", "name": "李", "email": "li@example.test", field: value})
    with pytest.raises(Unmet) as refused:
        fitting.insist(row, "username", "name", "email")
    assert [at for at, _text in refused.value.holes] == [field]


def test_fields_that_were_not_asked_about_are_not_looked_at() -> None:
    fitting.insist(User(username="two words", name="李"), "name")
