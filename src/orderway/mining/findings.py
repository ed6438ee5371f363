"""What each finding about a file means, as a sentence. Pages translate them by their code; figures and examples stand in the sentence."""

from __future__ import annotations

from collections.abc import Mapping

from orderway.mining.log import Finding, gettext_noop

SENTENCES: Mapping[str, str] = {
    "no_case": gettext_noop("{count} rows without a case were left out, first row {example}."),
    "no_activity": gettext_noop("{count} rows without an activity were left out, first row {example}."),
    "no_time": gettext_noop("{count} rows whose time is missing or no time were left out, first row {example}."),
    "odd_time": gettext_noop("{count} events were left out because their time cannot be right, e.g. {example}."),
    "no_zone": gettext_noop("{count} times name no time zone and were read as UTC."),
    "mixed_zones": gettext_noop(
        "{count} times name no zone while others do ({example}); durations between the two may be wrong by some hours."
    ),
    "several_offsets": gettext_noop("The times have {count} different offsets ({example}) and were all turned into UTC."),
    "day_or_month": gettext_noop("{count} dates do not show whether day or month comes first; the day was taken to come first."),
    "one_event_cases": gettext_noop("{count} cases have a single event, e.g. {example}; they count, with a duration of zero."),
    "duplicates": gettext_noop("{count} events repeat the event before them in everything, first in case {example}; they were kept."),
    "no_resource_column": gettext_noop("The file does not say who did what, so nothing can be said about people."),
    "no_resource": gettext_noop("{count} events do not say who did them, first in case {example}."),
    "no_start": gettext_noop("{count} events have no usable start; their working time is unknown."),
    "other_columns": gettext_noop("{count} columns have no part of their own and can explain differences: {example}."),
    "broken_rows": gettext_noop("{count} rows do not have the columns of the heading and were left out, first: {example}"),
    "empty_rows": gettext_noop("{count} empty rows were left out."),
    "damaged_gzip": gettext_noop("The packed file is damaged; it was read up to {example}."),
    "truncated_gzip": gettext_noop("The packed file breaks off; it was read up to {example}."),
    "broken_xml": gettext_noop("The XML breaks off or is damaged ({example}); what stands before that was read."),
    "open_orders": gettext_noop("{count} orders that are still open were left out."),
    "empty_traces": gettext_noop("{count} traces have no events and were left out."),
    "unnamed_traces": gettext_noop("{count} traces have no name and were numbered, e.g. {example}."),
    "other_objects": gettext_noop("{count} events concern no object of type {example} and were left out of this view."),
    "unknown_objects": gettext_noop("{count} relations name an object that the file does not hold and were left out."),
    "objects_twice": gettext_noop("{count} objects are listed twice; the first was taken."),
}


def sentence(finding: Finding) -> str:
    """The finding in words."""
    return SENTENCES[finding.code].format(count=f"{finding.count:,}", example=finding.example)
