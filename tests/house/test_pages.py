from __future__ import annotations

import re

from tests.house.source import name, within

# Attribute values may hold template tags, which hold quotes: look at the tag's text alone.
TAG = re.compile(r"<[a-zA-Z][^<>]*(?:\{[{%].*?[%}]\}[^<>]*)*>", re.DOTALL)
EXPRESSION = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
INLINE_STYLE = re.compile(r"\sstyle\s*=", re.IGNORECASE)
INLINE_HANDLER = re.compile(r"\son[a-z]+\s*=", re.IGNORECASE)
INLINE_SCRIPT = re.compile(r"<script\b(?![^>]*\b(?:src=|type=\"application/json\"))", re.IGNORECASE)


def templates() -> dict[str, str]:
    return {
        name(path): EXPRESSION.sub("", path.read_text(encoding="utf-8"))
        for path in within("templates", suffix=".html")
    }


def test_no_template_styles_an_element_in_place() -> None:
    assert [
        (page, tag)
        for page, text in templates().items()
        for tag in TAG.findall(text)
        if INLINE_STYLE.search(tag)
    ] == []


def test_no_template_handles_an_event_in_place() -> None:
    assert [
        (page, tag)
        for page, text in templates().items()
        for tag in TAG.findall(text)
        if INLINE_HANDLER.search(tag)
    ] == []


def test_no_template_carries_a_script_or_a_stylesheet_of_its_own() -> None:
    assert [page for page, text in templates().items() if INLINE_SCRIPT.search(text)] == []
    assert [page for page, text in templates().items() if "<style" in text.lower()] == []


def test_no_template_switches_escaping_off() -> None:
    loose = re.compile(r"\|\s*safe\b|autoescape\s+off")
    assert [
        name(path)
        for path in within("templates", suffix=".html")
        if loose.search(path.read_text(encoding="utf-8"))
    ] == []
