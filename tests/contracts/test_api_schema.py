"""The API does what its description says: every field described, every error declared, and no request breaks it."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.strategies import booleans, integers, sampled_from
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api.office import WAY
from orderway.api.root import api
from orderway.project.wsgi import application

EXAMPLES = 25
SEED = 20260302
CHECKED = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
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
    responses = OPERATIONS[name].definition.raw["responses"]
    problems = {
        status for status, response in responses.items() if "Problem" in str(response.get("content", {}).get("application/json", {}).get("schema", {}).get("$ref"))
    }
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
        "return_number": [1],
    }


@pytest.fixture
def known(office):
    """The same, once per test."""
    return known_values(office)


@pytest.mark.parametrize("mode", list(schemathesis.GenerationMode))
@pytest.mark.parametrize("name", OPERATIONS)
def test_no_request_breaks_a_route_and_every_answer_is_as_described(name, mode, office, known, same_connection):
    operation = OPERATIONS[name]
    reached = []

    @seed(SEED)
    @settings(max_examples=EXAMPLES, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(generation_mode=mode), exists=booleans(), pick=integers(0, 7), who=sampled_from(sorted(office.secrets)))
    def request(case, exists, pick, who):
        if exists:
            for part, values in known.items():
                if part in (case.path_parameters or {}):
                    case.path_parameters[part] = values[pick % len(values)]
        response = case.call(headers=office.headers(who))
        case.validate_response(response, checks=CHECKED)
        reached.append(response.status_code)

    request()
    assert len(reached) >= EXAMPLES // 2
    assert 401 not in reached, "every request came with a valid token"
