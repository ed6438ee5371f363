"""Errors are caught where they are corrected: the kind and the gate that should have seen it land with the act, or not at all."""

from __future__ import annotations

from decimal import Decimal

import pytest

from orders.shop import PLAIN
from orderway.orders import acts, changes, corrections
from orderway.orders.completion import Completion
from orderway.orders.corrections import Fault
from orderway.orders.models import Correction, OrderLine

ERRORS = "errors:\n  item: {en: Wrong item}\n  price: {en: Wrong price}\nfacts:"


@pytest.fixture
def version(shop):
    return shop.released(PLAIN.format(id="erring", version="1.0.0").replace("facts:", ERRORS, 1))


def found() -> list[tuple[str, str, str, str, str]]:
    return list(Correction.objects.order_by("pk").values_list("kind", "found_at", "should_be_caught_at", "note", "actor"))


def checks(shop, *numbers, fault, right=False):
    completion = Completion({"right": right}, {"compare": "yes"}, reason="bolts, not nuts", fault=fault)
    return acts.complete(dict.fromkeys(numbers, completion), stage="check", actor=shop.actor("bob"), now=shop.now)


def test_an_answer_no_says_which_error_it_was_and_which_gate_should_have_caught_it(shop, version):
    number = shop.an_order(version=version)
    shop.entered(number)
    assert not checks(shop, number, fault=Fault("item", "check", "bolts, not nuts"))
    assert found() == [("item", "check", "check", "bolts, not nuts", "bob")]
    assert corrections.counted([Correction.objects.get().order_id, 0]) == {Correction.objects.get().order_id: 1, 0: 0}


def test_a_gate_that_passes_found_nothing_whatever_was_chosen(shop, version):
    number = shop.an_order(version=version)
    shop.entered(number)
    assert not checks(shop, number, fault=Fault("item"), right=True)
    assert found() == []


def test_sending_back_asks_it_too(shop, version):
    numbers = shop.orders(3, version=version)
    shop.entered(*numbers)
    sent = acts.send_back(numbers, reason="too dear", fault=Fault("price"), stage="check", actor=shop.actor("bob"), now=shop.now)
    assert not sent
    assert found() == [("price", "check", "", "", "bob")] * 3


@pytest.mark.parametrize(
    ("fault", "code"),
    [(Fault("mood"), "unknown_error_kind"), (Fault("item", "enter"), "no_gate_there"), (Fault("item", "moon"), "no_gate_there")],
)
def test_an_error_that_the_standard_does_not_know_refuses_the_act_and_nothing_is_kept(shop, version, fault, code):
    number = shop.an_order(version=version)
    shop.entered(number)
    assert checks(shop, number, fault=fault)[number].code == code
    sent = acts.send_back([number], reason="too dear", fault=fault, stage="check", actor=shop.actor("bob"), now=shop.now)
    assert sent[number].code == code
    assert found() == []


def test_an_error_that_was_corrected_beside_any_gate_is_put_on_record(shop, version):
    number = shop.an_order(version=version)
    said = Fault("price", "check", "old list")
    assert not acts.note_fault([number], said, found_at="enter", actor=shop.actor("carol"), now=shop.now)
    assert acts.note_fault([number], said, found_at="moon", actor=shop.actor("carol"), now=shop.now)[number].code == "unknown_stage"
    assert found() == [("price", "enter", "check", "old list", "carol")]


def test_a_change_that_puts_an_error_right_says_which_and_where_it_was_found(shop, version):
    number = shop.an_order(version=version)
    shop.entered(number)
    line = OrderLine.objects.get(order__number=number)
    by = {"reason": "we typed ten", "actor": shop.actor("alice"), "now": shop.now}

    strange = changes.change({number: changes.OrderChange({line.pk: Decimal(4)})}, fault=Fault("mood"), **by)
    assert strange[number].code == "unknown_error_kind"
    assert found() == []

    assert not changes.change({number: changes.OrderChange({line.pk: Decimal(4)})}, fault=Fault("item", "check", "we typed ten"), **by)
    assert found() == [("item", "check", "check", "we typed ten", "alice")]
    assert not changes.change({number: changes.OrderChange({line.pk: Decimal(5)})}, **by)
    assert len(found()) == 1, "what the customer wants otherwise is no error of ours"
