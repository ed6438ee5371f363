"""The state machine of four eyes on the database: anybody tries anything, by form, API, in bulk, as deputy, as administrator, in parts.

What must hold is judged from the acts that succeeded, with questions of its own; the case and the code under test are not asked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from orders.shop import Shop
from orderway.engine.refusals import Refusal
from orderway.masterdata.models import Absence, RoleMember
from orderway.masterdata.rights import Duty
from orderway.orders import acts, changes, dividing
from orderway.orders.actor import Actor
from orderway.orders.completion import Completion
from orderway.orders.dividing import Division
from orderway.orders.models import Order, OrderLine, WorkItem
from orderway.orders.work import place_orders

ROLES = {
    "alice": ("clerk",),
    "bob": ("reviewer", "manager"),
    "carol": ("clerk", "reviewer", "manager"),
    "mary": ("manager",),
    "zoe": ("clerk", "reviewer"),
    "dora": ("reviewer", "manager"),
    "admin": (),
}
PEOPLE = tuple(ROLES)
SIGNED_FROM = 1000  # of the standard's table
TOTALS = ("100.00", "999.99", "1000.00", "3000.00")
ANYBODY = st.sampled_from(PEOPLE)
CLERKS = st.sampled_from([key for key, roles in ROLES.items() if "clerk" in roles])
REVIEWERS = st.sampled_from([key for key, roles in ROLES.items() if "reviewer" in roles])
THREE = st.sampled_from([("alice", "bob", "mary"), ("alice", "zoe", "dora"), ("carol", "dora", "mary"), ("zoe", "bob", "carol")])  # all may
ENTRANCES = st.sampled_from(["form", "api", "import", "cli"])


@dataclass
class Run:
    """What was done for one passage of the gate since it was opened."""

    decided_by: frozenset[str] = frozenset()
    answered_yes: bool = False
    signed: list[frozenset[str]] = field(default_factory=list)


class FourEyes(RuleBasedStateMachine):
    """Four orders at most, and two that are divided from them; `shop` is set by the test."""

    shop: Shop
    passed = 0  # over all examples: a machine that passes no gate proves nothing
    refused = 0

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.numbers: list[str] = []
        self.workers: defaultdict[str, set[str]] = defaultdict(set)
        self.runs: defaultdict[str, Run] = defaultdict(Run)
        self.beyond: set[str] = set()
        self.family: dict[str, str] = {}  # of each part the order that it was divided from
        self.entered: set[str] = set()
        self.deputies: dict[str, str] = {}
        self.roles = {key: set(roles) for key, roles in ROLES.items()}

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    def actor(self, key: str, via: str) -> Actor:
        duties = {Duty.READER, *([Duty.ADMINISTRATOR] if key == "admin" else []), *([Duty.TOKEN] if via == "api" else [])}
        return Actor(key, self.shop.people[key].pk, frozenset(duties), frozenset(self.roles[key]), via)  # type: ignore[arg-type]

    def around(self, key: str) -> frozenset[str]:
        """The person and everybody they stand in for today, through chains."""
        found, grown = {key}, True
        while grown:
            more = {absent for absent, deputy in self.deputies.items() if deputy in found} - found
            grown = bool(more)
            found |= more
        return frozenset(found)

    # --- acts -----------------------------------------------------------------------------------------------------------

    @initialize(who=ANYBODY, total=st.sampled_from(TOTALS))
    def begin(self, who: str, total: str) -> None:
        self.places(who, total, "form", True)

    @initialize(people=THREE, total=st.sampled_from(TOTALS))
    def one_goes_rightly(self, people: tuple[str, str, str], total: str) -> None:
        """What Hypothesis draws depends on the modules that are loaded: by chance a run passed one gate in 15 histories."""
        first, second, third = people
        self.places(first, total, "form", True)
        last = {len(self.numbers) - 1}
        self.checks(last, second, "form", True)
        self.signs(last, third, "form", True)

    @rule(who=ANYBODY, total=st.sampled_from(TOTALS), via=ENTRANCES, enters=st.booleans())
    def places(self, who: str, total: str, via: str, enters: bool) -> None:
        if len(self.numbers) - len(self.family) >= 4:
            return
        placed = place_orders([self.shop.draft(total=total)], actor=self.actor(who, via), now=self.shop.now)
        for number in placed.numbers.values():
            self.numbers.append(number)
            self.workers[number].add(who)
            if enters:
                self.enters([number], who, via)

    @rule(first=CLERKS, second=REVIEWERS, third=ANYBODY, total=st.sampled_from(TOTALS), via=ENTRANCES)
    def goes_the_usual_way(self, first: str, second: str, third: str, total: str, via: str) -> None:
        """Without this most histories end before any gate."""
        if len(self.numbers) - len(self.family) < 4:
            self.places(first, total, "form", True)
            last = {len(self.numbers) - 1}
            self.checks(last, second, via, True)
            self.signs(last, third, via, True)

    @rule(number=st.integers(0, 5), first=CLERKS, second=REVIEWERS, third=ANYBODY)
    def is_changed_and_goes_on(self, number: int, first: str, second: str, third: str) -> None:
        self.changes(number, first)
        self.checks({number}, second, "form", True)
        self.signs({number}, third, "form", True)

    @rule(who=ANYBODY, via=ENTRANCES)
    def enters_all(self, who: str, via: str) -> None:
        self.enters(self.numbers, who, via)

    @rule(number=st.integers(0, 5), who=ANYBODY)
    def helps_entering(self, number: int, who: str) -> None:
        for chosen in self.numbers[number : number + 1]:
            done = self.did([chosen], acts.add_evidence, {chosen: {"type": "yes"}}, who=who, via="form", stage="enter")
            for each in done:
                self.workers[each].add(who)

    @rule(chosen=st.sets(st.integers(0, 5), min_size=1), who=ANYBODY, via=ENTRANCES, right=st.sampled_from([True, True, True, False]))
    def checks(self, chosen: set[int], who: str, via: str, right: bool) -> None:
        numbers = [number for at, number in enumerate(self.numbers) if at in chosen]
        answers = dict.fromkeys(numbers, Completion({"right": right}, {"compare": "yes"}))
        for number in self.did(numbers, acts.complete, answers, who=who, via=via, stage="check"):
            self.runs[number] = Run(self.around(who) if right else frozenset(), right)

    @rule(chosen=st.sets(st.integers(0, 5), min_size=1), who=ANYBODY, via=ENTRANCES, approve=st.sampled_from([True, True, True, False]))
    def signs(self, chosen: set[int], who: str, via: str, approve: bool) -> None:
        numbers = [number for at, number in enumerate(self.numbers) if at in chosen]
        done = self.did(numbers, lambda places, **by: acts.sign(places, approve=approve, reason="so", **by), numbers, who=who, via=via)
        for number in done:
            if approve:
                self.runs[number].signed.append(self.around(who))
                assert "manager" in self.roles[who] or self.held_by(number, who), f"{who} signed without the role"
            else:
                self.runs[number] = Run()

    @rule(number=st.integers(0, 5), who=ANYBODY, via=ENTRANCES)
    def decides(self, number: int, who: str, via: str) -> None:
        for chosen in self.numbers[number : number + 1]:
            answers = {chosen: Completion(evidence={"compare": "yes"}, reason="so")}
            for each in self.did([chosen], acts.decide, answers, who=who, via=via):
                self.runs[each] = Run(self.around(who), True)

    @rule(number=st.integers(0, 5), who=ANYBODY)
    def sends_back(self, number: int, who: str) -> None:
        chosen = self.numbers[number : number + 1]
        for each in self.did(
            chosen, lambda places, **by: acts.send_back(places, reason="so", **by), chosen, who=who, via="form", stage="check"
        ):
            self.runs[each] = Run()

    @rule(number=st.integers(0, 5), who=ANYBODY)
    def waives(self, number: int, who: str) -> None:
        chosen = self.numbers[number : number + 1]
        self.did(chosen, lambda places, **by: acts.waive(places, "affordable", reason="so", **by), chosen, who=who, via="form")

    @rule(number=st.integers(0, 5), who=ANYBODY, to=ANYBODY)
    def hands_over(self, number: int, who: str, to: str) -> None:
        chosen = self.numbers[number : number + 1]
        self.did(chosen, lambda places, **by: acts.delegate(places, self.shop.people[to], **by), chosen, who=who, via="form", stage="check")

    @rule(number=st.integers(0, 5), who=ANYBODY)
    def changes(self, number: int, who: str) -> None:
        for chosen in self.numbers[number : number + 1]:
            line = OrderLine.objects.get(order__number=chosen)
            wished = {chosen: changes.OrderChange({line.pk: line.quantity + 1})}
            for each in self.did([chosen], lambda asked, **by: changes.change(asked, reason="so", **by), wished, who=who, via="form"):
                self.workers[each] = {Order.objects.get(number=each).created_by, who} | self.workers[each]
                self.runs[each] = Run()
                self.beyond.discard(each)

    @rule(number=st.integers(0, 5), who=ANYBODY, quantity=st.integers(1, 9))
    def divides(self, number: int, who: str, quantity: int) -> None:
        """A part becomes an order of its own: it begins with no decision, and whoever worked on the whole has worked on it."""
        for chosen in self.numbers[number : number + 1] if len(self.family) < 2 else ():
            line = OrderLine.objects.get(order__number=chosen)
            wished = {chosen: Division({line.pk: Decimal(quantity)})}
            done = dividing.divide(wished, reason="so", actor=self.actor(who, "form"), now=self.shop.now)
            type(self).refused += len(done.refused)
            for part in done.numbers.values():
                self.numbers.append(part)
                self.family[part] = self.family.get(chosen, chosen)
                self.workers[chosen].add(who)  # dividing changes the whole
                self.workers[part] = {who} | self.workers[chosen]
                if chosen in self.entered:
                    self.entered.add(part)
                self.runs[chosen].signed.clear()  # any change voids signatures

    @rule(number=st.integers(0, 5), first=CLERKS, second=REVIEWERS, third=ANYBODY)
    def is_divided_and_its_part_goes_on(self, number: int, first: str, second: str, third: str) -> None:
        before = len(self.numbers)
        self.divides(number, first, 5)
        if len(self.numbers) > before:
            self.checks({before}, second, "form", True)
            self.signs({before}, third, "form", True)

    @rule(absent=ANYBODY, deputy=ANYBODY)
    def goes_away(self, absent: str, deputy: str) -> None:
        if absent == deputy or absent in self.deputies or self.around(absent) & {deputy}:
            return
        today = self.shop.now.date()
        people = self.shop.people
        Absence.objects.create(person=people[absent], first_day=today, last_day=today + timedelta(days=3), deputy=people[deputy])
        self.deputies[absent] = deputy

    @rule(who=st.sampled_from(["bob", "carol", "mary", "dora"]))
    def loses_the_role(self, who: str) -> None:
        RoleMember.objects.filter(person=self.shop.people[who], role="manager").delete()
        self.roles[who].discard("manager")

    def enters(self, numbers: Sequence[str], who: str, via: str) -> None:
        answers = dict.fromkeys(numbers, Completion(evidence={"type": "yes"}))
        for number in self.did(list(numbers), acts.complete, answers, who=who, via=via, stage="enter"):
            self.workers[number].add(who)
            self.entered.add(number)
            self.runs[number] = Run()

    def did(
        self, numbers: Sequence[str], act: Callable[..., Mapping[str, Refusal]], asked: object, *, who: str, via: str, stage: str = ""
    ) -> list[str]:
        """The orders for which it was done."""
        if not numbers:
            return []
        more = {"stage": stage} if stage else {}
        refused = act(asked, actor=self.actor(who, via), now=self.shop.now, **more)
        type(self).refused += len(refused)
        return [number for number in numbers if number not in refused]

    def family_total(self, number: str) -> Decimal:
        """What an order comes to with everything that was divided from the same one."""
        whole = self.family.get(number, number)
        kin = [each for each in self.numbers if self.family.get(each, each) == whole]
        return sum(Order.objects.filter(number__in=kin).values_list("total", flat=True), Decimal(0))

    def held_by(self, number: str, who: str) -> bool:
        return WorkItem.objects.filter(order__number=number, responsible__key=who).exists()

    # --- what must hold ---------------------------------------------------------------------------------------------------

    @invariant()
    def no_gate_is_passed_without_its_decisions_or_by_one_where_two_are_asked(self) -> None:
        beyond = set(
            WorkItem.objects.filter(order__number__in=self.numbers, stage__in=["reserve", "pack", "thank"]).values_list(
                "order__number", flat=True
            )
        )
        checking = set(
            WorkItem.objects.filter(order__number__in=self.numbers, stage="check", state="open").values_list("order__number", flat=True)
        )
        for number in sorted(beyond - checking - self.beyond):
            self.beyond.add(number)
            type(self).passed += 1
            self.passed_rightly(number, self.runs[number])

    def passed_rightly(self, number: str, run: Run) -> None:
        assert run.answered_yes, f"{number} passed without a decision"
        assert number in self.entered, f"{number} passed without having been entered"
        needed = 1 if self.family_total(number) >= SIGNED_FROM else 0
        assert len(run.signed) >= needed, f"{number} passed without its signature"
        own = self.workers[number] - {"system"}
        for people in (run.decided_by, *run.signed):
            assert not people & own, f"{number}: {sorted(people)} approved what {sorted(own)} worked on"
        for signed in run.signed:
            assert not signed & run.decided_by, f"{number}: {sorted(signed)} decided and signed"
