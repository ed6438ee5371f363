"""One row of a foreign file -> a line to order, a return to announce, or a refusal with its reason. Pure: knows no database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation

from orderway.connect.csv_excel.mapping import Mapping
from orderway.connect.csv_excel.reading import Row

LARGEST_QUANTITY = Decimal(1_000_000)  # more of one item in one line has been a typing error in every file seen
LARGEST_PRICE = Decimal(100_000_000)
MOST_DECIMALS = {"quantity": 6, "price": 8}  # what the tables keep exactly
COUNTRIES_ARE = 2


@dataclass(frozen=True, slots=True)
class Line:
    """A row that orders something, or (quantity below 0) gives something back. Times in UTC."""

    row: int
    order: str
    sku: str
    quantity: Decimal
    price: Decimal | None
    customer: str
    ordered_at: datetime | None
    requested_on: date | None = None
    discount_percent: Decimal = Decimal(0)
    item_name: str = ""
    customer_name: str = ""
    country: str = ""
    note: str = ""
    counted: Decimal | None = None

    @property
    def amount(self) -> Decimal:
        """Quantity x price of the row, with its sign, before discount and merging: what the control sum of a file counts."""
        return self.quantity * (self.price or Decimal(0)) if self.counted is None else self.counted


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that is not taken: where, a stable code, and a sentence with the remedy."""

    row: int
    code: str
    column: str
    sentence: str
    amount: Decimal = Decimal(0)


class _Bad(Exception):
    def __init__(self, code: str, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code, self.field, self.sentence = code, field, sentence


def judge(row: Row, mapping: Mapping) -> Line | Refused:
    """Judge one row by itself; what needs its neighbours (duplicates, what a return gives back) is judged later."""
    values = {ours: row.values.get(theirs, "").strip() for ours, theirs in mapping.columns.items()}
    try:
        if row.problem:
            raise _Bad("broken_row", "order", f"This row is broken: {row.problem}. Repair the file.")
        line = _line(row.number, values, mapping)
        _check(line, mapping)
    except _Bad as bad:
        return Refused(row.number, bad.code, mapping.columns.get(bad.field, bad.field), bad.sentence, _amount(values))
    return line


def is_return(line: Line, mapping: Mapping) -> bool:
    """Whether the line's number says that it takes back an earlier one."""
    return _meaning(line.order, mapping) == "return"


def _line(number: int, values: dict[str, str], mapping: Mapping) -> Line:
    if _meaning(values["order"], mapping) == "not_an_order":
        raise _Bad("not_an_order", "order", f"{values['order']} is no order by the mapping's prefixes. Book it in your accounts.")
    for field in ("order", "sku"):
        if not values[field]:
            raise _Bad(f"missing_{field}", field, "The cell is empty. Fill it.")
    customer = values.get("customer", "")
    if "customer" in mapping.whole_numbers:
        customer = customer.removesuffix(".0")
    discount = _number(values, "discount_percent", Decimal(0)) or Decimal(0)
    return Line(
        row=number,
        order=values["order"],
        sku=values["sku"],
        quantity=_number(values, "quantity") or Decimal(0),
        price=_number(values, "price") if values.get("price") else None,
        customer=customer or (mapping.walk_in or ""),
        ordered_at=_moment(values.get("ordered_at", ""), mapping),
        requested_on=_day(values.get("requested_on", ""), mapping),
        discount_percent=discount * 100 if mapping.discount_is_share else discount,
        item_name=values.get("item_name", ""),
        customer_name=values.get("customer_name", ""),
        country=values.get("country", ""),
        note=values.get("note", ""),
    )


def _check(line: Line, mapping: Mapping) -> None:
    if is_return(line, mapping):
        if line.quantity >= 0:
            raise _Bad("quantity_sign", "quantity", f"A return has a quantity below 0; this one has {line.quantity}. Correct the sign.")
    elif line.quantity <= 0:
        raise _Bad("negative_quantity", "quantity", f"The quantity is {line.quantity}. An order needs a quantity above 0.")
    if line.price is not None and line.price < 0:
        raise _Bad("negative_price", "price", f"The price is {line.price}. An order needs a price of 0 or more.")
    if line.price == 0 and not is_return(line, mapping):
        raise _Bad("no_price", "price", "The price is 0. Give the agreed price, or enter goods without charge by hand.")
    if not line.customer:
        raise _Bad("no_customer", "customer", "The row names no customer. Fill it, or give the mapping a `walk_in` customer.")
    if abs(line.quantity) > LARGEST_QUANTITY:
        raise _Bad("absurd_quantity", "quantity", f"{line.quantity} in one line is more than anybody orders. Check the number.")
    if line.price is not None and line.price > LARGEST_PRICE:
        raise _Bad("absurd_price", "price", f"A price of {line.price} is more than anything costs. Check the number.")
    if not 0 <= line.discount_percent <= 100:
        raise _Bad("bad_discount", "discount_percent", f"A discount of {line.discount_percent} % is none. Use 0 to 100.")


def _meaning(order: str, mapping: Mapping) -> str | None:
    return next((meaning for prefix, meaning in mapping.prefixes.items() if order.startswith(prefix)), None)


def _number(values: dict[str, str], field: str, default: Decimal | None = None) -> Decimal | None:
    text = values.get(field, "")
    if not text:
        if default is not None:
            return default
        raise _Bad(f"bad_{field}", field, "The cell is empty, or a formula without a result. Fill it.")
    try:
        number = _decimal(text)
    except InvalidOperation:
        raise _Bad(f"bad_{field}", field, f"{text!r} is no number. Write it like 1234.50.") from None
    if not _countable(number):
        raise _Bad(f"bad_{field}", field, f"{text!r} is no quantity or price. Write it like 1234.50.")
    if -int(number.normalize().as_tuple().exponent) > MOST_DECIMALS.get(field, 8):
        raise _Bad(f"bad_{field}", field, f"{text!r} has more than {MOST_DECIMALS.get(field, 8)} decimals. Round it.")
    return number


def _moment(text: str, mapping: Mapping) -> datetime | None:
    if not text:
        return None
    for form in mapping.dates:
        try:
            local = datetime.strptime(text.split(".")[0] if "%f" not in form else text, form)  # noqa: DTZ007  the zone is the mapping's
        except ValueError:
            continue
        return local.replace(tzinfo=mapping.zone).astimezone(UTC)
    raise _Bad("bad_date", "ordered_at", f"{text!r} is no date that exists in the forms {', '.join(mapping.dates)}. Correct it.")


def _day(text: str, mapping: Mapping) -> date | None:
    try:
        moment = _moment(text, mapping)
    except _Bad as bad:
        raise _Bad("bad_date", "requested_on", bad.sentence) from None
    return moment.astimezone(mapping.zone).date() if moment else None


def _amount(values: dict[str, str]) -> Decimal:
    """The amount of a refused row for the control sum; 0 where it has none."""
    try:
        factors = [_decimal(values.get(field, "") or "0") for field in ("quantity", "price")]
    except InvalidOperation:
        return Decimal(0)
    return factors[0] * factors[1] if all(map(_countable, factors)) else Decimal(0)  # one 1e400 would swallow every other digit


def _decimal(text: str) -> Decimal:
    """The number that a text is; Python's own 1_000 is none. Raises InvalidOperation."""
    if "_" in text:
        raise InvalidOperation
    return Decimal(text)


def _countable(number: Decimal) -> bool:
    """Whether a number can be a quantity or price at all, so that sums with it stay exact."""
    return number.is_finite() and number.adjusted() <= 15
