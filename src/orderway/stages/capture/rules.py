"""Is this order all right as it came, what does each line cost, and is it known already? Pure: a draft and masters in, problems out.

Places nothing and reads nothing; `actions` fetches the masters and writes.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from orderway.orders.amounts import HALF_UP
from orderway.orders.amounts import amount_of as amount_of

ZERO = Decimal(0)
HUNDRED = Decimal(100)
LARGEST_QUANTITY = Decimal(1_000_000)  # more of one item in one line has been a typing error in every file seen
LARGEST_PRICE = Decimal(100_000_000)
QUANTITY_DECIMALS = 6  # what the tables keep exactly
PRICE_DECIMALS = 8
PERCENT_DECIMALS = 4
MOST_LINES = 10_000
LONGEST_PO = 80


# --- what comes in ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LineDraft:
    """A line as the customer wants it. `unit_price` None asks for the price of the customer's list; `reference` is the caller's own key."""

    sku: str
    quantity: Decimal
    unit_price: Decimal | None = None
    discount_percent: Decimal = ZERO
    requested_on: date | None = None
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A paper that came with the order: `kind` is the document's id in the standard (a customer's purchase order)."""

    kind: str
    name: str
    media_type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class OrderDraft:
    """An order as it came by form, API or file. `customer` is the customer's key, `standard` the id of a standard ("" for the default).

    `evidence` (step id -> value) and `attachments` prove the steps of the first stage; if nothing is missing it is completed at once.
    `as_history` takes `ordered_at` from a file and sends no notifications.
    """

    customer: str
    lines: tuple[LineDraft, ...]
    channel: str = "form"
    customer_po: str = ""
    standard: str = ""
    currency: str = ""
    ordered_at: datetime | None = None
    requested_on: date | None = None
    discount_percent: Decimal = ZERO
    note: str = ""
    as_history: bool = False
    evidence: Mapping[str, str] = field(default_factory=dict)
    attachments: tuple[Attachment, ...] = ()


# --- the masters that a draft is judged against -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CustomerFacts:
    """A customer as far as capture needs it."""

    id: int
    key: str
    currency: str
    price_list_id: int | None
    active: bool


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """An item as far as capture needs it."""

    id: int
    sku: str
    list_price: Decimal
    tax_rate: Decimal
    active: bool


@dataclass(frozen=True, slots=True)
class PriceBreak:
    """An agreed price from a quantity (in the item's unit) and from a day on."""

    price: Decimal
    from_quantity: Decimal = ZERO
    valid_from: date | None = None


@dataclass(frozen=True, slots=True)
class Masters:
    """What is known of the customers and items that some drafts name. `prices` by (price list id, item id)."""

    customers: Mapping[str, CustomerFacts]
    items: Mapping[str, ItemFacts]
    prices: Mapping[tuple[int, int], Sequence[PriceBreak]]
    standards: frozenset[str]
    list_currencies: Mapping[int, str]
    today: date  # the seller's: prices go by it
    rounding: str = HALF_UP  # the seller's, by its name


# --- problems ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong: the field as the caller knows it (``lines[0].quantity``), a stable code, a sentence, and the remedy."""

    field: str
    code: str
    message: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.field}: {self.message} {self.remedy}"


def problems(draft: OrderDraft, masters: Masters) -> list[Problem]:
    """Everything wrong with a draft, in the sequence of its fields; none means that it can be placed."""
    return [*_head_problems(draft, masters), *_line_problems(draft, masters)]


def _head_problems(draft: OrderDraft, masters: Masters) -> Iterator[Problem]:
    customer = masters.customers.get(draft.customer)
    if customer is None:
        said = f"There is no customer {draft.customer}." if draft.customer else "The order names no customer."
        yield Problem("customer", "unknown_customer", said, "Choose one of the list, or have the customer entered first.")
    elif not customer.active:
        yield Problem(
            "customer", "customer_closed", f"The customer {draft.customer} is closed.", "Choose another, or have it opened again."
        )
    if draft.standard and draft.standard not in masters.standards:
        said = f"There is no standard {draft.standard} in force."
        yield Problem("standard", "unknown_standard", said, "Leave it empty for the default, or release the standard first.")
    if len(draft.customer_po.strip()) > LONGEST_PO:
        yield Problem("customer_po", "too_long", f"The purchase order number has over {LONGEST_PO} characters.", "Enter the number alone.")
    if customer is not None and draft.currency not in ("", customer.currency):
        said = f"The order is in {draft.currency}, the customer's currency is {customer.currency}."
        yield Problem("currency", "other_currency", said, f"Enter the prices in {customer.currency}.")
    yield from _percent_problems("discount_percent", draft.discount_percent)
    if not draft.lines:
        yield Problem("lines", "no_lines", "The order has no lines.", "Enter at least one item with its quantity.")
    if len(draft.lines) > MOST_LINES:
        yield Problem("lines", "too_many_lines", f"The order has over {MOST_LINES} lines.", "Divide it into several orders.")


def _line_problems(draft: OrderDraft, masters: Masters) -> Iterator[Problem]:
    for index, line in enumerate(draft.lines):
        yield from line_problems(f"lines[{index}]", line, draft.customer, masters)


def line_problems(where: str, line: LineDraft, customer: str, masters: Masters) -> Iterator[Problem]:
    """Everything wrong with one line; `where` names it."""
    item = masters.items.get(line.sku)
    if item is None:
        said = f"There is no item {line.sku}." if line.sku else "The line names no item."
        yield Problem(f"{where}.sku", "unknown_item", said, "Copy the item number from the customer's document, or have the item entered.")
    elif not item.active:
        yield Problem(f"{where}.sku", "item_closed", f"The item {line.sku} is closed.", "Offer its successor, or have it opened again.")
    wrong_quantity = list(quantity_problems(f"{where}.quantity", line.quantity))
    yield from wrong_quantity
    yield from _percent_problems(f"{where}.discount_percent", line.discount_percent)
    if line.unit_price is not None:
        yield from _price_problems(f"{where}.unit_price", line.unit_price)
    elif (
        item is not None
        and not wrong_quantity
        and customer in masters.customers
        and price_of(line, masters.customers[customer], masters) is None
    ):
        yield Problem(f"{where}.unit_price", "no_price", f"No price is known for {line.sku}.", "Enter the price that was agreed.")


def quantity_problems(where: str, quantity: Decimal) -> Iterator[Problem]:
    """What is wrong with a quantity."""
    if not quantity.is_finite() or quantity <= 0:
        yield Problem(
            where, "quantity_not_positive", f"The quantity is {quantity}.", "Enter a quantity above 0; what comes back is a return."
        )
    elif quantity > LARGEST_QUANTITY:
        said = f"{quantity} in one line is more than anybody orders."
        yield Problem(where, "absurd_quantity", said, f"Check the number; up to {LARGEST_QUANTITY} can be entered.")
    elif _decimals(quantity) > QUANTITY_DECIMALS:
        yield Problem(where, "too_many_decimals", f"{quantity} has over {QUANTITY_DECIMALS} decimals.", "Round it.")


def _price_problems(where: str, price: Decimal) -> Iterator[Problem]:
    if not price.is_finite() or price < 0:
        yield Problem(where, "negative_price", f"The price is {price}.", "Enter a price of 0 or more; a credit note gives money back.")
    elif price > LARGEST_PRICE:
        said = f"A price of {price} is more than anything costs."
        yield Problem(where, "absurd_price", said, f"Check the number; up to {LARGEST_PRICE} can be entered.")
    elif _decimals(price) > PRICE_DECIMALS:
        yield Problem(where, "too_many_decimals", f"{price} has over {PRICE_DECIMALS} decimals.", "Round it.")


def _percent_problems(where: str, percent: Decimal) -> Iterator[Problem]:
    if not percent.is_finite() or not 0 <= percent <= HUNDRED:
        yield Problem(where, "bad_discount", f"A discount of {percent} % is none.", "Enter 0 to 100.")
    elif _decimals(percent) > PERCENT_DECIMALS:
        yield Problem(where, "too_many_decimals", f"{percent} % has over {PERCENT_DECIMALS} decimals.", "Round it.")


def _decimals(number: Decimal) -> int:
    exponent = number.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


# --- text that people type ----------------------------------------------------------------------------------------------------


def number(text: str, where: str) -> Decimal | Problem:
    """The number somebody typed, full-width digits and thousands separators included (1,234.50), or what is wrong with it."""
    plain = unicodedata.normalize("NFKC", text).strip()
    whole, point, fraction = plain.partition(".")
    groups = whole.lstrip("+-").split(",")
    grouped = len(groups) == 1 or (len(groups[0]) in (1, 2, 3) and all(len(group) == 3 for group in groups[1:]))
    try:
        value = Decimal(whole.replace(",", "") + point + fraction)
    except InvalidOperation:
        value = Decimal("NaN")
    if not grouped or "_" in plain or not value.is_finite() or abs(value.adjusted()) > 15:
        return Problem(where, "not_a_number", f"{text!r} is no number." if plain else "The field is empty.", "Write it like 1234.50.")
    return value


def day(text: str, where: str) -> date | Problem:
    """The day somebody typed as 2026-03-31 (also with / or .), or what is wrong with it."""
    plain = unicodedata.normalize("NFKC", text).strip().replace("/", "-").replace(".", "-")
    try:
        return datetime.strptime(plain, "%Y-%m-%d").date()  # noqa: DTZ007  a day of a calendar has no zone
    except ValueError:
        return Problem(where, "not_a_date", f"{text!r} is no day of the calendar.", "Write it like 2026-03-31.")


# --- prices and totals --------------------------------------------------------------------------------------------------------


def price_of(line: LineDraft, customer: CustomerFacts, masters: Masters) -> Decimal | None:
    """The unit price of a line: as given, else of the customer's price list, else the item's list price; first match wins (RULES 42).

    None if there is none: a list price of 0 means that none was set.
    """
    if line.unit_price is not None:
        return line.unit_price
    item = masters.items[line.sku]
    listed = None
    if customer.price_list_id is not None and masters.list_currencies.get(customer.price_list_id) == customer.currency:
        listed = price_at(line.quantity, masters.prices.get((customer.price_list_id, item.id), ()), today=masters.today)
    return listed if listed is not None else item.list_price or None


def price_at(quantity: Decimal, breaks: Iterable[PriceBreak], *, today: date) -> Decimal | None:
    """The price of a list for a quantity in the item's unit: of the prices valid today the highest break reached, there the newest.

    Breaks compare the absolute quantity, so that a return gets the price it was sold at (RULES 42).
    """
    reached = [each for each in breaks if abs(quantity) >= each.from_quantity and (each.valid_from is None or each.valid_from <= today)]
    best = max(reached, key=lambda each: (each.from_quantity, each.valid_from or date.min), default=None)
    return best.price if best else None


def discount_of(gross: Decimal, total: Decimal) -> Decimal:
    """What the customer gets off in all, in percent of the undiscounted sum: dividing a discount over lines does not hide it."""
    return ((gross - total) * HUNDRED / gross).quantize(Decimal("0.0001"), ROUND_HALF_UP) if gross > 0 else ZERO


def po_key(customer_po: str) -> str:
    """A purchase order number as it is compared: NFKC-normalised and trimmed, so that a full-width one is the same (RULES 36)."""
    return unicodedata.normalize("NFKC", customer_po).strip()


# --- editing before the stage is completed ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LineEdit:
    """What is to become of one line: None leaves a value as it is; quantity 0 takes the line off the order."""

    position: int
    quantity: Decimal | None = None
    unit_price: Decimal | None = None
    discount_percent: Decimal | None = None
    requested_on: date | None = None


@dataclass(frozen=True, slots=True)
class PartEdit:
    """So much of a line, by position, that is wanted on another day."""

    position: int
    quantity: Decimal
    requested_on: date


@dataclass(frozen=True, slots=True)
class OrderEdit:
    """Corrections of one order: lines by position, lines that were forgotten, and the head (None leaves it)."""

    lines: tuple[LineEdit, ...] = ()
    added: tuple[LineDraft, ...] = ()
    discount_percent: Decimal | None = None
    requested_on: date | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class LineNow:
    """A line as it stands; `wanted` is ordered less cancelled, 0 for a line that was taken off. `ordered`: what its row says."""

    id: int
    position: int
    sku: str
    ordered: Decimal
    wanted: Decimal
    unit_price: Decimal
    discount_percent: Decimal
    requested_on: date | None

    @property
    def amount(self) -> Decimal:
        """What it comes to."""
        return amount_of(self.wanted, self.unit_price, self.discount_percent)


def edited(line: LineNow, edit: LineEdit) -> LineNow:
    """The line as it will be: one that is taken off stays ordered, the ledger says that it was cancelled."""
    wanted = line.wanted if edit.quantity is None else edit.quantity
    return replace(
        line,
        ordered=line.ordered + wanted - line.wanted if wanted else line.ordered,
        wanted=wanted,
        unit_price=line.unit_price if edit.unit_price is None else edit.unit_price,
        discount_percent=line.discount_percent if edit.discount_percent is None else edit.discount_percent,
        requested_on=edit.requested_on or line.requested_on,
    )


def edit_problems(edit: OrderEdit, lines: Mapping[int, LineNow], customer: str, masters: Masters) -> list[Problem]:
    """Everything wrong with an edit, by field."""
    found: list[Problem] = []
    for index, each in enumerate(edit.lines):
        found += _line_edit_problems(f"lines[{index}]", each, lines)
    for index, added in enumerate(edit.added):
        found += line_problems(f"added[{index}]", added, customer, masters)
    if edit.discount_percent is not None:
        found += _percent_problems("discount_percent", edit.discount_percent)
    positions = [each.position for each in edit.lines]
    if len(set(positions)) < len(positions):
        found.append(Problem("lines", "line_twice", "A line is edited twice.", "Say once what is to become of it."))
    left = [
        position for position in lines if lines[position].wanted and not any(e.position == position and e.quantity == 0 for e in edit.lines)
    ]
    if not found and not left and not edit.added:
        found.append(Problem("lines", "no_lines", "No line would be left.", "Cancel the order instead."))
    return found


def part_problems(parts: Sequence[PartEdit], lines: Mapping[int, LineNow]) -> Iterator[Problem]:
    """Everything wrong with parts of lines that are to go to another day, by field."""
    for index, part in enumerate(parts):
        yield from _line_edit_problems(f"moved[{index}]", LineEdit(part.position), lines)
        yield from quantity_problems(f"moved[{index}].quantity", part.quantity)


def _line_edit_problems(where: str, edit: LineEdit, lines: Mapping[int, LineNow]) -> Iterator[Problem]:
    line = lines.get(edit.position)
    if line is None or not line.wanted:
        yield Problem(f"{where}.position", "unknown_line", f"The order has no line {edit.position}.", "Use a position that the page shows.")
    if edit.quantity:
        yield from quantity_problems(f"{where}.quantity", edit.quantity)
    if edit.unit_price is not None:
        yield from _price_problems(f"{where}.unit_price", edit.unit_price)
    if edit.discount_percent is not None:
        yield from _percent_problems(f"{where}.discount_percent", edit.discount_percent)
