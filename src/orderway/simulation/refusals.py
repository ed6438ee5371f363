"""Why something cannot be simulated or judged, in words that say what is missing and how much would do."""

from __future__ import annotations

from orderway.engine.refusals import Mistake, Refusal


class NobodyInRole(Refusal):
    """A role has work but no people."""

    code = "nobody_in_role"
    message = "Nobody has the role {role}, so {stages} would never be done."
    remedy = "Give the role to somebody, or simulate with people.{role}=1."


class NobodyMay(Refusal):
    """Everybody of the role is barred or without certificate for good."""

    code = "nobody_may"
    message = "Nobody of the role {role} may do {stage} ({reason}), so orders would wait there for ever."
    remedy = "Add a person to the role, qualify one, or take the stage out of not_by."


class LogTooSmall(Refusal):
    """Not enough finished orders to measure anything."""

    code = "log_too_small"
    message = "This log has {cases} finished cases; {missing}."
    remedy = "About {needed} finished cases would do. Collect more, or simulate with assumed times."


class UnknownSetting(Mistake):
    """A `key=value` whose key means nothing."""

    code = "unknown_setting"
    message = "There is no setting {key}."
    remedy = "{hint}"


class BadSetting(Mistake):
    """A `key=value` whose value does not fit."""

    code = "bad_setting"
    message = "{key} cannot be {value}: {expected}."
    remedy = "Write for example {example}."


class NotStable(Refusal):
    """More work arrives than people can do: every figure would only say how long the simulation ran."""

    code = "not_stable"
    message = "More work arrives for {role} than its people can do ({percent} % of their time)."
    remedy = "Add people to the role, shorten the work, or simulate fewer orders a week."
