"""What is filed over HTTP on each right in each country is the complaint that is decided there."""

import pytest
from topology.test_rights_by_country import ENDS, RIGHTS
from topology.test_rights_by_country import filed as decided

from filing.test_cases_and_more import last_event
from filing.test_evidence import upload
from ops.trials.evaluation.filing_requests import Filed
from ops.trials.evaluation.filing_requests import complaint as request_of
from schemas.record import as_avro

NOTHING_FILED = Filed({}, {})
NOT_OF_THE_PARTY = ("complaint_id", "evidence", "filed_at_milliseconds", "batch_id")


@pytest.mark.parametrize("country", ENDS)
def test_each_right_is_filed_as_it_is_decided(api, country):
    for right in RIGHTS:
        event = decided(right, country)
        event = event._replace(particulars=tuple(sorted(event.particulars)))
        document = upload(api, f"{right} {country}".encode(), "text/plain", event.complainant_id)
        request = request_of(as_avro(event), NOTHING_FILED)
        request.body["evidence"][0]["evidence_id"] = document.json()["evidence_id"]
        body = {name: value for name, value in request.body.items() if value is not None}
        answer = api.post(request.path, body, api.tokens.headers(request.party_id, request.role))
        assert answer.status_code == 201, (right, answer.text)
        _, key, told = last_event(api)
        assert key == event.listing_id
        assert [each.kind for each in told.evidence] == [each.kind for each in event.evidence]
        same = {name: getattr(event, name) for name in NOT_OF_THE_PARTY}
        assert told._replace(**same) == event, right
