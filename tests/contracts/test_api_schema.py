"""The API does what its description says: every field described, every error declared, and no request breaks it."""

from __future__ import annotations

from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.strategies import integers, sampled_from
from schemathesis.checks import not_a_server_error
from schemathesis.core.parameters import ParameterLocation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api.office import WAY
from orderway.api import doing
from orderway.api.root import api
from orderway.project.wsgi import application

EXAMPLES = 20
SEED = 20260302
CHECKED = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
REACHED = {schemathesis.GenerationMode.POSITIVE: {200, 403, 404, 409, 422}, schemathesis.GenerationMode.NEGATIVE: {404, 422}}
DECLARED = {"400", "401", "403", "404", "409", "422", "429", "503"}

schema = schemathesis.openapi.from_dict(api.get_openapi_schema(path_prefix="/api/v1/"))
schema.app = application
OPERATIONS = {f"{found.ok().method.upper()} {found.ok().path}": found.ok() for found in schema.get_all_operations()}


def described(node, where="", found=None):
    """Every property and parameter of the document that has no description."""
    found = [] if found is None else found
    if isinstance(node, dict):
        for name, part in node.get("properties", {}).items() if isinstance(node.get("properties"), dict) else ():
            if "description" not in part:
                found.append(f"{where}.{name}")
        if "in" in node and "name" in node and not node.get("description") and not node.get("schema", {}).get("description"):
            found.append(f"{where} parameter {node['name']}")
        for name, part in node.items():
            described(part, f"{where}/{name}", found)
    elif isinstance(node, list):
        for part in node:
            described(part, where, found)
    return found


def test_every_field_and_parameter_is_described():
    assert described(api.get_openapi_schema(path_prefix="/api/v1/")) == []


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_route_declares_every_error_with_the_one_problem(name):
    declared = OPERATIONS[name].definition.raw["responses"]
    schemas = {status: response["content"]["application/json"]["schema"] for status, response in declared.items()}
    problems = {status for status, schema in schemas.items() if schema.get("$ref", "").endswith("/Problem")}
    assert problems >= DECLARED


def known_values(office):
    """Values of this company for the parts of addresses, so that requests reach objects that exist."""
    numbers = [office.placed(customer_po=f"PO-{stage}") for _, _, stage, _ in WAY]
    for number, (_, _, stage, _) in zip(numbers, WAY, strict=True):
        office.advanced(number, stage)
    office.advanced(office.placed(), "end")
    return {
        "number": numbers,
        "order": numbers,
        "item": [office.item(number, stage).pk for number, (_, _, stage, _) in zip(numbers, WAY, strict=True)],
        "sku": [item.sku for item in office.items],
        "standard": ["make-to-stock"],
        "version": [office.version.version],
    }


@pytest.fixture
def known(office):
    """The same, once per test."""
    return known_values(office)


def keeps_its_address(case):
    """Whether the parts of the address are those of the schema, so that existing objects may stand in their place."""
    address = case.meta.components.get(ParameterLocation.PATH)
    return address is None or address.mode is schemathesis.GenerationMode.POSITIVE


def takes_something(operation):
    """Whether a request has anything that could be wrong: parameters beside the idempotency key, or a body."""
    raw = operation.definition.raw
    return "requestBody" in raw or any(parameter["in"] != "header" for parameter in raw.get("parameters", ()))


def answers(operation, mode, office, known):
    """The statuses of many generated requests, every answer held to the description."""
    found = []

    @seed(SEED)
    @settings(max_examples=EXAMPLES, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(
        case=operation.as_strategy(generation_mode=mode, headers={"Authorization": "Bearer"}),
        pick=integers(-4, 7),
        who=sampled_from(sorted(office.secrets)),
        key=sampled_from([None, "k-1", "k-2", "a key"]),
    )
    def request(case, pick, who, key):
        if pick >= 0 and keeps_its_address(case):
            for part, value in (case.path_parameters or {}).items():
                values = known.get(part, [value]) if isinstance(value, str) or part == "item" else [1]  # a delivery's or return's number
                case.path_parameters[part] = type(value)(values[pick % len(values)])
        ours = {"Idempotency-Key": key} if key and "Idempotency-Key" not in (case.headers or {}) else {}  # a bad one of the case stays bad
        response = case.call(headers=office.headers(who) | ours)
        case.validate_response(response, checks=CHECKED)
        found.append(response.status_code)

    request()
    return found


def test_the_page_about_the_api_names_every_input_of_an_act_and_every_status():
    page = (Path(__file__).parents[2] / "docs" / "api.md").read_text()
    inputs = api.get_openapi_schema(path_prefix="")["components"]["schemas"]["ActIn"]["properties"].keys() - doing.ActIn.model_fields.keys()

    assert inputs
    assert {name for name in inputs if f"`{name}`" not in page} == set()
    assert {status for status in DECLARED if status not in page} == set()


@pytest.mark.slow
@pytest.mark.parametrize("mode", list(schemathesis.GenerationMode))
def test_no_request_breaks_a_route_and_every_answer_is_as_described(mode, office, known, same_connection):
    statuses = {}
    for name, operation in OPERATIONS.items():
        if mode is schemathesis.GenerationMode.POSITIVE or takes_something(operation):
            statuses[name] = answers(operation, mode, office, known)

    assert OPERATIONS.keys() - statuses.keys() <= {"GET /api/v1/health", "GET /api/v1/courses"}  # they take nothing
    assert sum(map(len, statuses.values())) >= len(statuses) * EXAMPLES // 2
    assert {status for found in statuses.values() for status in found} >= (
        {200, 403, 404} if mode is schemathesis.GenerationMode.POSITIVE else {422}
    )
    assert not any(401 in found for found in statuses.values()), "every request came with a valid token"
