"""The real event logs give the answers that pandas and a second miner gave, to the last digit."""

from __future__ import annotations

import json

import pytest

from orderway.mining.alignments import conformance
from orderway.mining.answers import answer, as_json, of_objects
from orderway.mining.counting import variants
from orderway.mining.logs.reading import read_log
from orderway.mining.models import from_pnml
from orderway.mining.ocel import summary

pytestmark = pytest.mark.real
LOGS = {
    "receipt": "receipt/log.csv.gz",
    "bpic2017_w": "bpic2017_w/log.csv.gz",
    "bpic2019_consignment_items": "bpic2019_p2p/consignment_items.csv.gz",
    "bpic2019_other_items": "bpic2019_p2p/other_items.csv.gz",
    "bpic2020_request_for_payment": "bpic2020_request_for_payment/log.csv.gz",
}
OBJECT_LOGS = ["ocel_order_simulated.csv.gz", "orders_ocel2.json.gz", "orders_ocel2.xml.gz", "orders_ocel2.sqlite.gz"]
NOT_OURS = {"log", "source", "rule", "pm4py_dfg_seconds", "crosscheck_pm4py", "model", "model_top8"}


def answers_of(path):
    return json.loads(json.dumps(as_json(answer(read_log(path).log), path.name)))


def without_order(answers):
    """Rows of equal count stand in no order of their own; rows at the cut of a list are compared by their counts."""
    plain = {key: value for key, value in answers.items() if key not in NOT_OURS}
    for key in ("dfg_top30", "top10_handovers", "top10_variants", "slowest_edges_count_ge_50"):
        if key in plain:
            rows = [{k: v for k, v in row.items() if k != "p95_s"} for row in plain[key]]
            plain[key] = sorted(
                (row for row in rows if row["count"] > rows[-1]["count"] or ("median_s" in row and key != "dfg_top30")), key=str
            )
            plain[f"{key} counts"] = [row["count"] for row in rows] if key != "slowest_edges_count_ge_50" else len(rows)
    return plain


@pytest.mark.parametrize("name", LOGS)
def test_a_real_log_gives_the_answers_of_the_reference(real_data, name):
    ours = without_order(answers_of(real_data / LOGS[name]))
    reference = without_order(json.loads((real_data / "answers" / f"{name}.json").read_text()))

    assert {key: ours.get(key) for key in reference} == reference


@pytest.mark.parametrize("name", ["receipt", "bpic2020_request_for_payment"])
def test_the_same_log_as_xes_gives_the_same_answers_as_csv(real_data, name):
    folder = real_data / LOGS[name].split("/")[0]

    assert without_order(answers_of(folder / "log.xes.gz")) == without_order(answers_of(folder / "log.csv.gz"))


@pytest.mark.parametrize("name", OBJECT_LOGS)
def test_the_four_forms_of_an_object_log_give_the_answers_of_the_reference(real_data, name):
    read = read_log(real_data / "ocel_orders" / name)
    reference = json.loads((real_data / "answers" / "ocel_orders.json").read_text())

    ours = of_objects(summary(read.objects), read.object_type, answer(read.log), name)

    if name != "ocel_order_simulated.csv.gz":  # the converter that made the others forgot types without objects
        reference["objects_by_type"] = {kind: count for kind, count in reference["objects_by_type"].items() if count}
    flattened = reference["flattened_on_orders"]
    assert {key: ours["flattened_on_orders"][key] for key in flattened} == flattened
    for key in ("events", "activities", "first", "last", "objects_by_type", "objects", "e2o_relations"):
        assert ours[key] == reference[key]


@pytest.mark.parametrize("name", [name for name in LOGS if name != "bpic2017_w"])
def test_alignments_have_the_fitness_of_the_reference(real_data, name):
    log = read_log(real_data / LOGS[name]).log
    reference = json.loads((real_data / "answers" / f"{name}.json").read_text())["model_top8"]["alignments"]
    model = from_pnml((real_data / "answers" / f"{name}.top8.pnml").read_bytes())

    found = conformance(log, variants(log), model)

    assert found.log_fitness == pytest.approx(reference["log_fitness"], abs=1e-3)
    assert found.average_fitness == pytest.approx(reference["averageFitness"], abs=1e-3)
    assert 100 * found.fitting_share == pytest.approx(reference["percFitTraces"], abs=1e-3)
    assert sum(len(alignment.deviations) * alignment.variant.count for alignment in found.alignments) > 0
