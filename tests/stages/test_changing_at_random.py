"""Orders are changed, cut down, divided, held and cancelled between any work on them: whatever is refused, nothing that must hold breaks.

A few examples in the gate, always the same; a search for new ones with ``ORDERWAY_TEST_PROFILE=full``.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db import transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from orderway.orders import acts, as_ordered, blast_radius, changes, dividing
from orderway.orders.as_ordered import Stood
from orderway.orders.changes import OrderChange
from orderway.orders.dividing import Division
from orderway.orders.models import Amendment, Order, WorkItem
from orderway.orders.ordered import LinePart
from orderway.releases.publishing import program_of
from orderway.stages.delivery import actions as delivery
from stages.deliveries import D, Dispatch
from stages.house import findings

SMALL = st.integers(0, 12)
COUNTED: dict[str, int] = {}


class Changes(RuleBasedStateMachine):
    """One order and what is divided off it, among people who do their work and a customer who changes his mind."""

    dispatch: Dispatch

    def __init__(self) -> None:
        super().__init__()
        self.mark = transaction.savepoint()
        self.refused = 0

    @initialize(bolts=SMALL, rails=st.integers(0, 2), stock=SMALL)
    def begin(self, bolts, rails, stock):
        if stock:
            self.dispatch.on_hand(self.dispatch.bolt, stock)
        lines = [("M8-BOLT", bolts + 1), *([("RAIL", rails)] if rails else []), ("M8-BOLT", 2)]
        self.numbers = [self.dispatch.planned(*lines)]

    def teardown(self):
        transaction.savepoint_rollback(self.mark)

    # --- looking ------------------------------------------------------------------------------------------------------------------

    def order(self, data) -> Order:
        return Order.objects.select_related("version", "customer").get(number=data.draw(st.sampled_from(self.numbers)))

    def ordered(self, order):
        program = program_of(order.version_id, order.version.content_hash)
        return as_ordered.read([Stood(order.pk, program, changes_case(order))])[order.pk]

    def quantities(self, data, order) -> dict[int, Decimal]:
        lines = list(self.ordered(order).lines.values())
        chosen = data.draw(st.lists(st.sampled_from(lines), min_size=1, max_size=2, unique_by=lambda line: line.line_id))
        return {line.line_id: D(data.draw(st.integers(0, int(line.free) + 1))) for line in chosen}

    def told(self, name, refused) -> None:
        COUNTED[name] = COUNTED.get(name, 0) + (0 if refused else 1)
        for refusal in refused.values():
            COUNTED[f"{name}: {refusal.code}"] = COUNTED.get(f"{name}: {refusal.code}", 0) + 1

    def by(self, who):
        return {"actor": self.dispatch.actor(who), "now": self.dispatch.now}

    # --- the customer changes his mind -----------------------------------------------------------------------------------------------

    @rule(data=st.data())
    def change(self, data):
        order = self.order(data)
        wish = OrderChange(self.quantities(data, order))
        preview = blast_radius.of_change(order, wish)
        refused = changes.change({order.number: wish}, reason="because", seen={order.number: preview.stamp}, **self.by("alice"))
        assert (preview.refusal is None) == (not refused), (preview.refusal, refused)
        self.told("change", refused)

    @rule(data=st.data(), day=st.dates(date(2026, 3, 1), date(2026, 6, 1)))
    def move_parts(self, data, day):
        order = self.order(data)
        parts = tuple(LinePart(line, quantity, day) for line, quantity in self.quantities(data, order).items())
        wish = OrderChange(moved=parts)
        total, preview = order.total, blast_radius.of_change(order, wish)
        refused = changes.change({order.number: wish}, reason="because", seen={order.number: preview.stamp}, **self.by("alice"))
        assert (preview.refusal is None) == (not refused), (preview.refusal, refused)
        if not refused:
            order.refresh_from_db()
            assert order.total == total or order.total == self.ordered(order).total
        self.told("move_parts", refused)

    @rule(data=st.data())
    def cancel_part(self, data):
        order = self.order(data)
        lines = self.quantities(data, order)
        preview = blast_radius.of_cancel(order, lines)
        refused = changes.cancel(
            [order.number], lines={order.number: lines}, reason="because", seen={order.number: preview.stamp}, **self.by("mary")
        )
        assert (preview.refusal is None) == (not refused), (preview.refusal, refused)
        self.told("cancel_part", refused)

    @rule(data=st.data())
    def divide(self, data):
        order = self.order(data)
        division = Division(self.quantities(data, order))
        preview = dividing.of_division(order, division)
        done = dividing.divide({order.number: division}, reason="because", seen={order.number: preview.stamp}, **self.by("alice"))
        assert (preview.refusal is None) == (not done.refused), (preview.refusal, done.refused)
        self.numbers += done.numbers.values()
        self.told("divide", done.refused)

    @rule(data=st.data(), seldom=st.integers(0, 3))
    def cancel(self, data, seldom):
        if not seldom:
            order = self.order(data)
            self.told("cancel", changes.cancel([order.number], reason="because", **self.by("mary")))

    @rule(data=st.data())
    def hold_or_lift(self, data):
        order = self.order(data)
        act = acts.lift if order.holds.filter(lifted_at__isnull=True).exists() else acts.hold
        self.told("hold", act([order.number], "customer", reason="because", **self.by("alice")))

    # --- people do their work ----------------------------------------------------------------------------------------------------------

    @rule(data=st.data(), part=st.booleans())
    def work(self, data, part):
        self.dispatch.runs()
        items = list(WorkItem.objects.filter(state="open", order__number__in=self.numbers, kind="stage").order_by("id"))
        if not items:
            return
        item = data.draw(st.sampled_from(items))
        if item.stage == "planning":
            acts.add_evidence({item.place: {"split": "yes"}}, stage="planning", **self.by("alice"))
            self.told("plan", delivery.plan([item.place], **self.by("alice")))
        elif item.stage == "buying":
            self.told("buy", self.dispatch.purchases(item.place))
        elif item.stage == "making":
            self.told("make", self.dispatch.produces(item.place))
        elif item.stage == "picking":
            found = {1: data.draw(SMALL)} if part else {}
            self.told("pick", self.dispatch.picks(item.place, found=found, missing=False))
        elif item.stage == "handing":
            self.told("hand", self.dispatch.hands_over(item.place, kept={1: data.draw(SMALL)} if part else None))

    @rule()
    @precondition(lambda self: WorkItem.objects.filter(state="open", kind="leftover").exists())
    def tidy_up(self):
        for item in WorkItem.objects.filter(state="open", kind="leftover"):
            if item.stage == "picking":
                self.told("put back", delivery.put_back([item.order.number], **self.by("carol")))
            else:
                self.told("settle", acts.settle([item.order.number], stage=item.stage, **self.by("carol")))

    @invariant()
    def nothing_is_broken(self):
        assert findings() == []

    @invariant()
    def revisions_have_no_gaps(self):
        rows = Amendment.objects.filter(revision__isnull=False).order_by("order_id", "revision").values_list("order_id", "revision")
        last: dict[int, int] = {}
        for order, revision in rows:
            assert revision == last.get(order, 0) + 1
            last[order] = revision


def changes_case(order):
    from orderway.engine.case import Case

    return Case.from_text(order.case_text)


def test_whatever_is_changed_in_between_nothing_that_must_hold_breaks(dispatch):
    COUNTED.clear()
    Changes.dispatch = dispatch
    full = (
        settings.get_current_profile_name() != "quick" if hasattr(settings, "get_current_profile_name") else settings().max_examples > 100
    )
    run_state_machine_as_test(Changes, settings=settings(max_examples=300 if full else 14, stateful_step_count=30 if full else 14))

    assert all(COUNTED.get(name) for name in ("change", "move_parts", "cancel_part", "divide")), COUNTED
