"""Rows that are refused: told once and shortly, kept shortly; a database that takes no writes."""

import json

import pytest
from demotion import demoted

from filing.harness import complaint

BAD = {"listing_id": "L 1" + "x" * 3_000, "marketplace": "taobao"}


@pytest.mark.parametrize(
    "row",
    [
        {"listing_id": "L\x00", "marketplace": "taobao"},
        {"listing_id": "L1", "marketplace": "taobao", "note\x00": ""},
        {"listing_id": "L1", "marketplace": "taobao", "note": [{"deep": "\x00"}]},
    ],
)
def test_nul_in_a_row_is_a_clear_refusal_each_time(api, row):
    body = complaint()
    body["listings"].append(row)
    headers = api.tokens.headers()
    for _ in range(2):
        answer = api.post("/v1/complaints", body, headers)
        assert (answer.status_code, answer.json()["type"]) == (
            400,
            "urn:ip-takedown-streams:problem:malformed-request",
        )
        assert "NUL" in answer.json()["detail"]
    assert api.rows("SELECT * FROM filings") == []


@pytest.mark.parametrize("path", ["/v1/inquiries", "/v1/complaints"])
def test_nul_anywhere_else_is_no_error_of_ours(api, path):
    answer = api.post(path, {"question": "a\x00", "statement\x00": "b"})
    assert answer.status_code == 400


def test_refused_rows_are_not_kept_or_told_whole(api):
    body = complaint()
    unasked = {"n" * 1_000 + str(number): number for number in range(200)}
    body["listings"] += [BAD, {"listing_id": "L2", "marketplace": "taobao", **unasked}] * 3
    answer = api.post("/v1/complaints", body)
    assert answer.status_code == 207
    assert (answer.json()["accepted"], answer.json()["rejected"]) == (1, 6)
    assert len(answer.content) < len(json.dumps(body)) / 50
    kept = api.get(f"/v1/filings/{answer.json()['batch_id']}").json()
    assert kept["request"]["listings"][0] == body["listings"][0]
    assert kept["request"]["listings"][1] == {"rejected": ["string_too_long"]}
    assert len(json.dumps(kept)) < 20_000


def test_a_request_of_refused_rows_only_is_told_shortly(api):
    body = complaint()
    body["listings"] = [{"listing_id": "", "marketplace": "", "a": 1, "b": 2}] * 300
    answer = api.post("/v1/complaints", body)
    assert (answer.status_code, len(answer.json()["errors"])) == (422, 100)


def test_a_server_that_takes_no_writes_is_503_and_the_same_request_is_taken_later(api, postgres):
    headers = api.tokens.headers()
    with demoted(postgres):
        answer = api.post("/v1/complaints", complaint(), headers)
        assert (answer.status_code, "Retry-After" in answer.headers) == (503, True)
    assert api.post("/v1/complaints", complaint(), headers).status_code == 201
