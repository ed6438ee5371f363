"""What a certificate means for work: nothing, a preference, or that nobody without one may do it; and the way past it, on the record."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from engine.test_assignment import given_to, member, one_stage
from orderway.engine.program import compile_standard
from orderway.engine.refusals import Refusal
from orderway.orders import acts
from orderway.orders.certified import NotCertified
from orderway.orders.completion import Completion
from orderway.orders.models import WorkItem
from orderway.releases.publishing import program_of
from orderway.standard.canonical import stage_hash
from orderway.training import overriding
from training.learning import bring, certify


def holder(number, stage="enter"):
    item = WorkItem.objects.get(order__number=number, stage=stage, state="open")
    return item.responsible.key if item.responsible else item.unassigned_reason


def enter(shop, who, number):
    """Somebody completes the entry; gives what refused them."""
    done = {number: Completion(evidence={"type": "yes"})}
    return dict(acts.complete(done, stage="enter", actor=shop.actor(who), now=shop.now)).get(number)


def gated(gate):
    desk = one_stage()
    standard = replace(desk.program.standard, training=replace(desk.program.standard.training, gate=gate))
    desk.program = compile_standard(standard)
    return desk, stage_hash(standard, next(iter(standard.stages)))


@pytest.mark.parametrize(
    ("gate", "to"), [("off", "alice"), ("warn", "bob"), ("block", "bob")], ids=["the least loaded", "the certified", "nobody else"]
)
def test_who_is_certified_comes_first_where_the_standard_says_so(gate, to):
    desk, content = gated(gate)

    found = given_to(desk, member("alice", certified=frozenset()), member("bob", load=600, certified=frozenset({content})))

    assert [one[0] for one in found] == [to]


@pytest.mark.parametrize(("gate", "to"), [("off", "alice"), ("warn", "alice"), ("block", "")])
def test_where_nobody_is_certified_work_waits_only_behind_a_closed_gate(gate, to):
    desk, _content = gated(gate)

    (found,) = given_to(desk, member("alice", certified=frozenset()), member("bob", certified=frozenset({"of another version"})))

    assert found[:2] == (to, "least_load" if to else "none_qualified")


def test_behind_a_closed_gate_nobody_works_claims_or_is_given_work_without_a_certificate(shop):
    shop.hire("rita", "clerk")
    version = bring(shop, "1.1.0", gate="block")
    number = shop.an_order(version=version)

    assert holder(number) == "none_qualified"
    assert isinstance(enter(shop, "alice", number), NotCertified)
    for act in (
        lambda: acts.claim([number], stage="enter", actor=shop.actor("alice"), now=shop.now),
        lambda: acts.delegate([number], shop.people["rita"], stage="enter", actor=shop.actor("alice"), now=shop.now),
    ):
        assert all(isinstance(refusal, Refusal) for refusal in act().values())
        assert holder(number) == "none_qualified"

    certify(shop, "rita", "clerk", version)
    assert holder(shop.an_order(version=version)) == "rita"
    acts.claim([number], stage="enter", actor=shop.actor("rita"), now=shop.now)
    assert enter(shop, "rita", number) is None


def test_a_certificate_that_has_ended_opens_no_gate(shop):
    version = bring(shop, "1.1.0", gate="block")
    certify(shop, "alice", "clerk", version)
    shop.now += timedelta(days=370)

    assert holder(shop.an_order(version=version)) == "none_qualified"


def test_work_under_supervision_passes_the_gate_for_its_days_and_stands_on_the_record(shop):
    rita, version = shop.hire("rita", "clerk"), bring(shop, "1.1.0", gate="block")
    certify(shop, "alice", "clerk", version)
    number = shop.an_order(version=version)
    assert isinstance(enter(shop, "rita", number), NotCertified)

    stage = program_of(version.pk).standard.stages["enter"]
    until = shop.now.date() + timedelta(days=2)
    overriding.supervise(version, stage, rita, until=until, reason="learns the ropes", by=shop.people["alice"], now=shop.now)

    assert enter(shop, "rita", number) is None


def test_signing_asks_for_a_certificate_too(shop):
    version = bring(shop, "1.1.0", gate="block")
    for who, role in (("alice", "clerk"), ("bob", "reviewer")):
        certify(shop, who, role, version)
    number = shop.an_order(version=version, total="4000.00")
    assert enter(shop, "alice", number) is None
    done = {number: Completion(evidence={"compare": "yes"}, findings={"right": True})}
    assert not acts.complete(done, stage="check", actor=shop.actor("bob"), now=shop.now)

    refused = acts.sign([number], approve=True, actor=shop.actor("mary"), now=shop.now)
    assert isinstance(refused[number], NotCertified)
    certify(shop, "mary", "manager", version)
    assert not acts.sign([number], approve=True, actor=shop.actor("mary"), now=shop.now)


def test_a_gate_that_only_warns_refuses_nobody_and_says_so_on_the_task(shop, signed_in):
    version = bring(shop, "1.1.0", gate="warn")
    number = shop.an_order(version=version)
    item = WorkItem.objects.get(order__number=number, stage="enter", state="open")

    page = signed_in("alice").get(f"/orders/{number}/?item={item.pk}").content.decode()

    assert holder(number) == "alice"
    assert "You are not certified for this stage yet." in page
    assert enter(shop, "alice", number) is None


def test_the_check_costs_one_statement_per_act_however_many_orders(shop):
    closed = bring(shop, "1.1.0", gate="block")
    certify(shop, "alice", "clerk", closed)
    numbers = shop.orders(6, version=closed)
    one, many = numbers[:1], numbers[1:]
    counted = []
    for chosen in (one, many):
        done = {number: Completion(evidence={"type": "yes"}) for number in chosen}
        with CaptureQueriesContext(connection) as found:
            assert not acts.complete(done, stage="enter", actor=shop.actor("alice"), now=shop.now)
        counted.append(len([query for query in found if "masterdata_qualification" in query["sql"] and "WITH" not in query["sql"]]))

    assert counted == [1, 1]
