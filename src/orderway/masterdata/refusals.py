"""Why a change of people is refused. One class per reason; every sentence says what to do instead."""

from __future__ import annotations

from orderway.engine.refusals import Mistake, Refusal


class KeyTaken(Mistake):
    """Somebody has this sign-in name already, perhaps somebody who left."""

    code = "person_key_taken"
    message = "The name {key} is taken."
    remedy = "Choose another one; names of people who left stay theirs, as they stand in the history."


class NotAKey(Mistake):
    """The key of a person or a group has other letters than allowed."""

    code = "not_a_key"
    message = "{key} is no name that can be kept."
    remedy = "Use lower-case letters, digits, dots and hyphens, at least two."


class DatesReversed(Mistake):
    """The last day lies before the first."""

    code = "dates_reversed"
    message = "The last day {last} lies before the first day {first}."
    remedy = "Exchange them, or leave one empty if it is open."


class RoleHeldAlready(Refusal):
    """The person has the role in that time already."""

    code = "role_held_already"
    message = "{person} has the role {role} in that time already."
    remedy = "End that one first, or give it from the day after it ends."


class LastAdministrator(Refusal):
    """Nobody would be left to keep the installation."""

    code = "last_administrator"
    message = "{person} is the last active administrator."
    remedy = "Make somebody else administrator first."


class NotActive(Refusal):
    """The person has left."""

    code = "person_not_active"
    message = "{person} is not active."
    remedy = "Choose somebody who works here, or make {person} active again."


class AbsencesOverlap(Refusal):
    """The person is away in that time already."""

    code = "absences_overlap"
    message = "{person} is away from {first} to {last} already."
    remedy = "Change that absence, or choose days beside it."


class OwnDeputy(Mistake):
    """Nobody stands in for themselves."""

    code = "own_deputy"
    message = "{person} cannot be their own deputy."
    remedy = "Choose somebody else, or nobody: the work then goes to whoever of the role has least to do."


class DeputyCircle(Refusal):
    """The deputies would stand in for one another in a circle."""

    code = "deputy_circle"
    message = "{deputy} is away too in that time, and {person} stands in for them."
    remedy = "Choose somebody who is there."


class AbsenceOver(Refusal):
    """The absence has ended or was withdrawn."""

    code = "absence_over"
    message = "This absence is over."
    remedy = "Record a new one."


class NotYourAbsence(Refusal):
    """Only the person, their lead and administrators record an absence."""

    code = "not_your_absence"
    message = "{actor} may not record an absence of {person}."
    remedy = "It may be done by: {person}, the lead of their group, an administrator."


class GroupClosed(Refusal):
    """The group is closed."""

    code = "group_closed"
    message = "The group {group} is closed."
    remedy = "Open it again first."


class MasterKeyTaken(Mistake):
    """There is such a customer, item ... already, perhaps a closed one."""

    code = "master_key_taken"
    message = "{key} exists already, perhaps as one that is closed."
    remedy = "Open that one, or choose another number; numbers stay with what they named."


class NotAMasterKey(Mistake):
    """A number that cannot stand in addresses, files and papers."""

    code = "not_a_master_key"
    message = "{key} is no number that can be kept."
    remedy = "Use letters, digits and signs of one width, without blanks at the beginning or end."


class MasterChanged(Refusal):
    """Somebody else saved between looking and saving."""

    code = "master_changed"
    message = "Somebody else has changed {key} since you opened it. Nothing was saved yet."
    remedy = "Look at what stands there now, beside your own words, and save again if yours should count."


class NotAbove(Mistake):
    """A price, quantity or number of days that cannot be."""

    code = "not_above"
    message = "{value} cannot stand here."
    remedy = "Enter a price or number of days of 0 or more, or a quantity above 0."


class BillCircle(Refusal):
    """An item would be made of itself."""

    code = "bill_circle"
    message = "{item} goes into {component} already, so that {component} cannot go into {item}."
    remedy = "Look at both bills of material and take one of the lines off."
