"""What each finding about a file means, as a sentence. Pages translate them by their code; figures and examples stand in the sentence."""

from __future__ import annotations

from collections.abc import Mapping

from orderway.mining.log import Finding

SENTENCES: Mapping[str, str] = {
    "no_case": "{count} rows without a case were left out, first row {example}.",
    "no_activity": "{count} rows without an activity were left out, first row {example}.",
    "no_time": "{count} rows whose time is missing or no time were left out, first row {example}.",
    "odd_time": "{count} events were left out because their time cannot be right, e.g. {example}.",
    "no_zone": "{count} times name no time zone and were read as UTC.",
    "mixed_zones": "{count} times name no zone while others do ({example}); durations between the two may be wrong by some hours.",
    "several_offsets": "The times have {count} different offsets ({example}) and were all turned into UTC.",
    "day_or_month": "{count} dates do not show whether day or month comes first; the day was taken to come first.",
    "one_event_cases": "{count} cases have a single event, e.g. {example}; they count, with a duration of zero.",
    "duplicates": "{count} events repeat the event before them in everything, first in case {example}; they were kept.",
    "no_resource_column": "The file does not say who did what, so nothing can be said about people.",
    "no_resource": "{count} events do not say who did them, first in case {example}.",
    "no_start": "{count} events have no usable start; their working time is unknown.",
    "other_columns": "{count} columns have no part of their own and can explain differences: {example}.",
    "broken_rows": "{count} rows do not have the columns of the heading and were left out, first: {example}",
    "empty_rows": "{count} empty rows were left out.",
    "damaged_gzip": "The packed file is damaged; it was read up to {example}.",
    "truncated_gzip": "The packed file breaks off; it was read up to {example}.",
    "broken_xml": "The XML breaks off or is damaged ({example}); what stands before that was read.",
    "empty_traces": "{count} traces have no events and were left out.",
    "unnamed_traces": "{count} traces have no name and were numbered, e.g. {example}.",
    "other_objects": "{count} events concern no object of type {example} and were left out of this view.",
    "unknown_objects": "{count} relations name an object that the file does not hold and were left out.",
    "objects_twice": "{count} objects are listed twice; the first was taken.",
}


def sentence(finding: Finding) -> str:
    """The finding in words."""
    return SENTENCES[finding.code].format(count=f"{finding.count:,}", example=finding.example)
