"""Who: role, presence, deputy, segregation, qualification, least open working time, and what is said when nobody is left."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from engine.desk import Desk
from engine.standards import a_gate, a_standard, parallel
from orderway.engine import advance
from orderway.engine.assignment import Absence, Member, Membership, Staff, assign
from orderway.engine.move import Assigned
from orderway.engine.refusals import CriterionBlocks
from orderway.standard.document import StageId

NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)  # ten in the morning in Shanghai
AWAY = (date(2026, 3, 1), date(2026, 3, 6))
CLERK = (Membership("clerk"),)


def member(key: str, *, deputy: str | None = None, load: int = 0, role: str = "clerk", **given: object) -> Member:
    absences = () if deputy is None else (Absence(*AWAY, deputy),)
    return Member(key, (Membership(role),), absences, open_minutes=load, **given)  # type: ignore[arg-type]


def given_to(desk: Desk, *members: Member) -> list[tuple[str, str, str]]:
    """Responsible, reason and absent person of everything the last move opened."""
    move, _ = assign(desk.program, desk.case, desk.last, Staff(members), now=NOW)
    return [(one.responsible, one.reason, one.stands_in_for) for one in move.assigned]


def one_stage() -> Desk:
    return Desk(a_standard("a")).open()


def test_the_member_with_the_least_open_working_time_gets_the_item() -> None:
    assert given_to(one_stage(), member("alice", load=60), member("bob", load=30)) == [("bob", "least_load", "")]


def test_a_tie_goes_to_the_first_by_key() -> None:
    assert given_to(one_stage(), member("bob"), member("alice")) == [("alice", "least_load", "")]


def test_what_is_handed_out_counts_for_the_next_item() -> None:
    desk = Desk(a_standard("a", parallel(("b",), ("c",)))).open().complete("a")
    move, staff = assign(desk.program, desk.case, desk.last, Staff((member("alice"), member("bob"))), now=NOW)
    assert [one.responsible for one in move.assigned] == ["alice", "bob"]
    assert (staff.load("alice"), staff.load("bob")) == (240, 240)
    assert staff.with_load("bob", -240).load("bob") == 0


@pytest.mark.parametrize(
    ("membership", "found"),
    [
        (Membership("clerk", date(2026, 3, 2), date(2026, 3, 2)), "alice"),
        (Membership("clerk", date(2026, 3, 3)), ""),
        (Membership("clerk", None, date(2026, 3, 1)), ""),
        (Membership("chief"), ""),
    ],
)
def test_a_role_counts_on_the_days_on_which_it_is_valid(membership: Membership, found: str) -> None:
    ((responsible, reason, _),) = given_to(one_stage(), Member("alice", (membership,)))
    assert responsible == found
    assert reason == ("least_load" if found else "no_member")


def test_the_day_is_that_of_the_place_where_the_stage_is_worked() -> None:
    desk = one_stage()
    late = datetime(2026, 3, 2, 17, tzinfo=UTC)  # already 3 March in Shanghai
    move, _ = assign(desk.program, desk.case, desk.last, Staff((Member("alice", (Membership("clerk", date(2026, 3, 3)),)),)), now=late)
    assert move.assigned[0].responsible == "alice"


def test_the_deputy_of_an_absent_person_stands_in_and_both_are_named() -> None:
    assert given_to(one_stage(), member("alice", deputy="eve"), member("eve", role="other")) == [("eve", "deputy", "alice")]


def test_a_deputy_who_is_away_passes_it_on_to_their_own() -> None:
    chain = member("alice", deputy="eve"), member("eve", deputy="frank", role="other"), member("frank", role="other")
    assert given_to(one_stage(), *chain) == [("frank", "deputy", "alice")]


def test_deputies_in_a_circle_lead_to_nobody() -> None:
    assert given_to(one_stage(), member("alice", deputy="bob"), member("bob", deputy="alice")) == [("", "all_absent", "")]


def test_a_chain_of_deputies_has_an_end() -> None:
    chain = [member(f"p{number}", deputy=f"p{number + 1}", role="clerk" if number == 0 else "other") for number in range(9)]
    assert given_to(one_stage(), *chain, member("p9", role="other")) == [("", "all_absent", "")]


def test_nobody_holds_the_role() -> None:
    assert given_to(one_stage(), member("alice", role="chief")) == [("", "no_member", "")]


def test_everybody_is_away_without_deputy() -> None:
    assert given_to(one_stage(), member("alice", deputy="")) == [("", "all_absent", "")]


def test_who_is_not_qualified_for_the_stage_does_not_get_it() -> None:
    bob = member("bob", unqualified=frozenset({"a"}))
    assert given_to(one_stage(), bob, member("carol", load=900)) == [("carol", "least_load", "")]
    assert given_to(one_stage(), bob) == [("", "none_qualified", "")]


def reviewed(**gate: object) -> Desk:
    standard = a_standard("a", "b", b={"gate": a_gate("a", not_by=(StageId("a"),), **gate)})  # type: ignore[arg-type]
    return Desk(standard, total=Decimal(5000)).open().complete("a", by="alice")


def test_not_by_leaves_out_who_worked_there_and_their_deputies() -> None:
    staff = member("alice", deputy="eve"), member("eve"), member("bob", load=900)
    assert given_to(reviewed(), *staff) == [("bob", "least_load", "")]
    assert given_to(reviewed(), *staff[:2]) == [("", "all_barred", "")]


def test_a_signature_goes_to_somebody_who_neither_decided_nor_signed() -> None:
    desk = reviewed(approve="signatures").complete("b", by="bob")
    people = [member(name, role="chief") for name in ("alice", "bob", "carol", "dan")]
    assert given_to(desk, *people) == [("carol", "least_load", "")]
    desk.sign("b", by="carol")
    assert given_to(desk, *(member(name, role="director") for name in ("bob", "carol", "dan"))) == [("dan", "least_load", "")]


def test_a_system_stage_runs_by_itself_and_goes_to_its_owner_when_it_waits() -> None:
    gate = a_gate("a", ask=(), auto={"x": "order.flag_a"})
    desk = Desk(a_standard("a", "b", b={"runs": "system", "does": "x.y", "gate": gate})).open().complete("a")
    assert given_to(desk, member("alice")) == [("system", "runs_by_itself", "")]
    with pytest.raises(CriterionBlocks) as refused:
        desk.complete("b", by="system")
    desk.take(advance.wait(desk.program, desk.case, desk.item("b").key, refused.value))
    assert given_to(desk, member("alice")) == [("alice", "least_load", "")]


def test_a_move_that_opens_nothing_assigns_nobody() -> None:
    desk = one_stage().record("order.flag_a")
    staff = Staff((member("alice"),))
    assert assign(desk.program, desk.case, desk.last, staff, now=NOW) == (desk.last, staff)


def test_who_stands_in_for_whom_is_known_through_chains() -> None:
    staff = Staff((member("alice", deputy="eve"), member("bob", deputy="alice"), member("eve")))
    assert staff.deputy_of("eve", date(2026, 3, 2)) == ("alice", "bob")
    assert staff.deputy_of("eve", date(2026, 4, 2)) == ()


def test_both_names_are_in_the_journal() -> None:
    desk = one_stage()
    move, _ = assign(desk.program, desk.case, desk.last, Staff((member("alice", deputy="eve"), member("eve", role="x"))), now=NOW)
    assert type(move).from_payload(move.to_payload()).assigned == (Assigned(desk.item("a").key, "eve", "deputy", "alice"),)
