"""The OpenAPI document and the application agree, on requests made from the document."""

import json
from uuid import uuid4

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from filing.harness import Api, ToldParties, complaint, new_database
from streams.sources.filing.app import make_app
from streams.sources.filing.rate_limits import Rate
from streams.sources.filing.settings import FilingSettings

EXAMPLES = 10
TAKEN = ("method", "url", "params", "headers", "json", "content")
ROLES = {"counter-notices": "seller", "acknowledgements": "marketplace", "parties": "operator"}
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
]
schema = schemathesis.openapi.from_dict(make_app(FilingSettings()).openapi())


@pytest.fixture(scope="module")
def described(postgres, template, tmp_path_factory):
    rate = Rate("all", 100_000, 1_000.0)
    open_to_all = FilingSettings(filing_rate=rate, reading_rate=rate, upload_rate=rate)
    directory = tmp_path_factory.mktemp("api")
    database = new_database(postgres, template)
    api = Api(database, directory, open_to_all, parties=ToldParties())
    receipt = api.post("/v1/complaints", complaint()).json()
    yield api, receipt
    api.stack.close()


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_answers_are_as_described(case: Case, described):
    api, receipt = described
    role = "rights_holder"
    for part, needed in ROLES.items():
        if part in case.operation.path and not case.operation.path.endswith("answer"):
            role = needed
    case.path_parameters = known(case.path_parameters, receipt)
    headers = api.tokens.headers("holder-1", role, key=uuid4().hex)
    given = {name: value for name, value in (case.headers or {}).items() if name not in headers}
    made = case.as_transport_kwargs(base_url="http://testserver", headers={**given, **headers})
    made["content"] = made.pop("data", None)
    response = api.client.request(**{name: part for name, part in made.items() if name in TAKEN})
    case.validate_response(response, checks=CHECKS)


def known(parameters, receipt):
    """Return ids that there are, where the document asks for an id of that form."""
    found = dict(parameters or {})
    complaint_id = receipt["results"][0]["complaint_id"]
    there = {"complaint_id": complaint_id, "case_id": complaint_id, "batch_id": receipt["batch_id"]}
    return {**found, **{name: value for name, value in there.items() if name in found}}


def test_examples_of_the_document_are_taken(described):
    api, _ = described
    document = api.client.get("/v1/openapi.json").json()
    (example,) = document["components"]["schemas"]["ComplaintRequest"]["examples"]
    assert api.post("/v1/complaints", example).status_code == 201


def test_every_operation_tells_its_errors_as_problems():
    document = json.loads(json.dumps(make_app(FilingSettings()).openapi()))
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            assert operation["security"], (method, path)
            statuses = set(operation["responses"])
            assert {"401", "403", "429", "500", "503"} <= statuses
            for status in statuses - {"200", "201", "204", "207"}:
                content = operation["responses"][status]["content"]
                assert list(content) == ["application/problem+json"], (method, path, status)
