from __future__ import annotations

import re
from pathlib import Path

import polib
import pytest

from tools.messages import (
    CATALOGUE,
    UnreadableMessageError,
    collect,
    in_python,
    in_template,
    missing,
)

PLACE = re.compile(r"%\(\w+\)[sd]|\{\w*\}")


def places(text: str) -> list[str]:
    return sorted(PLACE.findall(text))


def catalogue() -> polib.POFile:
    return polib.pofile(str(CATALOGUE))


def test_every_message_has_its_chinese() -> None:
    assert list(missing()) == []


def test_no_chinese_is_kept_for_a_message_nobody_says() -> None:
    said = collect()
    assert [entry.msgid for entry in catalogue() if entry.msgid not in said] == []


def test_the_chinese_fills_the_same_places_as_the_english() -> None:
    assert [
        (entry.msgid, entry.msgstr)
        for entry in catalogue()
        if places(entry.msgid) != places(entry.msgstr)
    ] == []


def test_nothing_in_the_catalogue_is_doubtful() -> None:
    assert [entry.msgid for entry in catalogue() if entry.fuzzy or entry.obsolete] == []


def test_messages_in_python_are_found_under_each_name_of_gettext() -> None:
    source = (
        "from django.utils.translation import gettext as _, gettext_lazy\n"
        "a = _('one')\n"
        "b = gettext_lazy('two ' 'and more')\n"
        "c = translation.gettext('three %(n)s') % {'n': 3}\n"
        "d = _(variable)\n"
        "e = other('not this')\n"
    )
    assert set(in_python(source, "a.py")) == {"one", "two and more", "three %(n)s"}


@pytest.mark.parametrize("source", ["_(f'no {x}')", "_('no ' + x)", "_('no %s' % x)"])
def test_a_message_put_together_before_translation_is_refused(source: str) -> None:
    with pytest.raises(UnreadableMessageError, match="plain literal"):
        list(in_python(source, "a.py"))


def test_plural_forms_are_refused_for_a_wording_that_fits_any_number() -> None:
    with pytest.raises(UnreadableMessageError, match="without ngettext"):
        list(in_python("ngettext('a', 'b', 2)", "a.py"))


def test_messages_in_templates_are_found_in_every_form() -> None:
    source = """
      {% load i18n %}<p title="{% translate "a title" %}">{% trans 'short' as said %}</p>
      {% translate variable %}
      {% blocktranslate trimmed with n=items.count who=user.name %}
        {{ n }} items,
        100% of {{ who }}
      {% endblocktranslate %}
      {% include "x.html" with label=_("a label") %} {{ value|default:_('nothing') }}
    """
    assert list(in_template(source, "a.html")) == [
        "a title",
        "short",
        "%(n)s items, 100%% of %(who)s",
        "a label",
        "nothing",
    ]


def test_a_block_that_is_not_closed_or_not_plain_is_refused() -> None:
    with pytest.raises(UnreadableMessageError, match="not closed"):
        list(in_template("{% blocktranslate %}a", "a.html"))
    with pytest.raises(UnreadableMessageError, match="inside a block"):
        list(in_template("{% blocktranslate %}a{% if b %}", "a.html"))


def test_what_lacks_chinese_is_listed_for_the_translator(tmp_path: Path) -> None:
    (tmp_path / "web").mkdir()
    (tmp_path / "web/views.py").write_text("_('known')\n_('new')\n", encoding="utf-8")
    known = tmp_path / "django.po"
    known.write_text('msgid "known"\nmsgstr "已知"\n', encoding="utf-8")
    assert missing(known, tmp_path) == {"new": ""}
