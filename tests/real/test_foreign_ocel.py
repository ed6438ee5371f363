"""The schemas that our exports are held to accept what another program wrote, too: they say what OCEL 2.0 is, not what we do."""

from __future__ import annotations

import gzip
import json

import jsonschema_rs
import pytest
from lxml import etree

from connect.test_exporting_history import SCHEMAS

pytestmark = pytest.mark.real


def test_the_schemas_accept_a_log_that_another_program_wrote(real_data):
    folder = real_data / "ocel_orders"
    with gzip.open(folder / "orders_ocel2.xml.gz") as packed:
        etree.XMLSchema(etree.parse(SCHEMAS / "ocel20.xsd")).assertValid(etree.parse(packed))

    document = json.loads(gzip.decompress((folder / "orders_ocel2.json.gz").read_bytes()))
    validator = jsonschema_rs.validator_for(json.loads((SCHEMAS / "ocel20.json").read_text(encoding="utf-8")), validate_formats=True)
    assert next(validator.iter_errors(document), None) is None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b'<object id="o1" type="orders"/>', b'<object id="o1" type="nobody"/>'),
        (b'object-id="o1"', b'object-id="o2"'),
        (b'time="2026-03-02T09:00:00Z"', b'time="yesterday"'),
    ],
)
def test_the_schema_of_the_xml_refuses_what_is_wrong(before, after):
    sound = (
        b'<log><object-types><object-type name="orders"><attributes/></object-type></object-types><event-types><event-type name="pay">'
        b'<attributes/></event-type></event-types><objects><object id="o1" type="orders"/></objects><events><event id="e1" type="pay" '
        b'time="2026-03-02T09:00:00Z"><attributes/><objects><relationship object-id="o1" qualifier="order"/></objects></event>'
        b"</events></log>"
    )
    schema = etree.XMLSchema(etree.parse(SCHEMAS / "ocel20.xsd"))

    assert schema.validate(etree.fromstring(sound))
    assert sound.count(before) == 1
    assert not schema.validate(etree.fromstring(sound.replace(before, after)))
