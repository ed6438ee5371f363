"""Every text that people read is translated, and what is compiled says what was written."""

from __future__ import annotations

import io
import re

import pytest
from babel.messages.mofile import read_mo

from orderway.project import messages

pytestmark = pytest.mark.pure
HOLE = re.compile(r"%\(\w+\)[sd]|\{\w+:?,?\}")


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_every_message_of_the_program_is_translated_and_no_other_is_kept(language):
    stored, wanted = messages.load(language), messages.updated(language)

    assert messages.untranslated(wanted) == []
    assert {(message.context, message.id) for message in stored} == {(message.context, message.id) for message in wanted}


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_the_compiled_file_says_what_the_written_one_says(language):
    compiled = read_mo(io.BytesIO(messages.po_path(language).with_suffix(".mo").read_bytes()))
    written = messages.load(language)

    assert {_key(message): _said(message) for message in compiled if message.id} == {
        _key(message): _said(message) for message in written if message.id
    }
    assert messages.po_path(language).read_bytes() == messages.po_bytes(written)


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_a_translation_fills_the_same_holes_as_its_source(language):
    for message in messages.load(language):
        sources = [message.id] if isinstance(message.id, str) else list(message.id)
        texts = [message.string] if isinstance(message.string, str) else list(message.string)
        holes = {hole for source in sources for hole in HOLE.findall(source)}
        assert all(set(HOLE.findall(text)) == holes for text in texts), message.id


def test_a_template_a_lazy_text_and_a_refusal_are_all_found():
    found = {message.id for message in messages.template() if isinstance(message.id, str)}

    assert {"Sign in", "My work", "Evidence is missing for: {steps}."} <= found


def _key(message):
    context = message.context.decode() if isinstance(message.context, bytes) else message.context  # as Babel reads it from compiled files
    return (context, tuple(message.id) if isinstance(message.id, list | tuple) else message.id)


def _said(message):
    return [message.string] if isinstance(message.string, str) else list(message.string)
