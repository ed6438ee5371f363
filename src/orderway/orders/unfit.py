"""What a change of an order can ask that cannot be: one class per reason. `ordered` finds them."""

from __future__ import annotations

from orderway.engine.refusals import Mistake


class BelowShipped(Mistake):
    """A line cannot become smaller than what has left already."""

    code = "below_shipped"
    message = "Line {line} cannot become {quantity}: {fixed} has left or is on its way."
    remedy = "Enter at least that much, or take it back as a return."


class PriceFixed(Mistake):
    """The price of what has left is agreed and billed."""

    code = "price_fixed"
    message = "The price of line {line} stands: {fixed} of it has left or is on its way at that price."
    remedy = "Add a line for the rest at the new price, or give an allowance as a credit note."


class NoSuchLine(Mistake):
    """A line that the order does not have."""

    code = "no_such_line"
    message = "The order has no line {line}."
    remedy = "Use the lines that the order shows."


class BadFigure(Mistake):
    """A quantity, price or discount that none can be."""

    code = "bad_figure"
    message = "{figure} cannot be entered here."
    remedy = "Enter 0 or more, with the decimals that are usual for it."


class NothingChanges(Mistake):
    """Everything is to be as it is."""

    code = "nothing_changes"
    message = "Nothing would be different from now."
    remedy = "Enter what the customer wants otherwise."


class NothingLeft(Mistake):
    """A change that leaves no line."""

    code = "nothing_left"
    message = "No line would be left."
    remedy = "Cancel the order instead."


class NotOpenToCancel(Mistake):
    """More is to be cancelled than is still there."""

    code = "not_open_to_cancel"
    message = "{quantity} of line {line} cannot be cancelled: {most} is open, the rest has left or is on its way."
    remedy = "Cancel what is open, and take the rest back as a return."


class WholeLineMoves(Mistake):
    """Nothing of a line would stay where it is: that is another day for the line, not a part of it."""

    code = "whole_line_moves"
    message = "All that is left of line {line} would go to another day."
    remedy = "Change the day of the line instead."


class SameDay(Mistake):
    """A part is to be delivered when the rest is."""

    code = "same_day"
    message = "Line {line} is wanted on that day already."
    remedy = "Enter the other day that the customer wants."


class PartNotThere(Mistake):
    """More is to go to another day than can still be moved."""

    code = "part_not_there"
    message = "{quantity} of line {line} cannot go to another day: {most} can, the rest has left or is on its way."
    remedy = "Enter what is open."
