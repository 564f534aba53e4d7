"""The description of the interface: valid, with units and true examples, and kept to whatever is sent."""

import jsonschema
import pytest
from openapi_spec_validator import validate

from bench.api_cases import send
from techbalance.questions.interface import readable
from techbalance.web.description import REFUSALS, completed, examples
from techbalance.web.problems import status_of, types_of
from tools.write_reference.api_examples import given_in
from tools.write_reference.pages import error_classes

# Examples that are asked again here; python -m tools.write_reference.api_examples compares all of them.
CHEAP = ("balance", "claims_list", "lists", "cite")
# The generator stops where an address has no more to be sent: one without parameters has one case.
CASES = 200


@pytest.fixture(scope="module")
def described(client):
    return client.get("/api/v1/openapi.json").json()


def operations(described):
    return {one["get"]["operationId"]: one["get"] for one in described["paths"].values()}


def test_it_is_openapi(described):
    validate(described)


def test_every_question_is_there_with_units_statuses_and_media_types(described):
    found = operations(described)
    for name, question in readable().items():
        one = found[name]
        assert {str(status) for status in (200, 304, *REFUSALS)} == set(one["responses"])
        answers = one["responses"]["200"]["content"]
        assert {"application/json", "text/csv", "application/vnd.apache.arrow.file"} <= set(answers)
        cells = answers["application/json"]["schema"]["properties"]["rows"]["items"]["properties"]
        assert set(question.columns) <= set(cells)
        assert all("description" in cell for cell in cells.values())
        for column, cell in cells.items():
            if column.endswith("_usd"):
                assert cell["x-unit"] == "US dollars", (name, column)


def test_every_error_has_a_status_that_is_described(described):
    for kind in error_classes():
        status = status_of(kind.__new__(kind))
        assert status in REFUSALS
        schema = described["components"]["schemas"][f"Problem{status}"]
        assert set(types_of(status)) == set(schema["properties"]["type"]["enum"])


def test_every_example_is_as_described(described):
    seen = 0
    for name, one in operations(described).items():
        for status, response in one["responses"].items():
            for content in response.get("content", {}).values():
                schema = content.get("schema", {})
                schema = described["components"]["schemas"].get(
                    schema.get("$ref", "").rpartition("/")[2], schema
                )
                for example in content.get("examples", {}).values():
                    jsonschema.validate(example["value"], schema)
                    assert status in {"200", "404", "422"}, name
                    seen += 1
        for parameter in one.get("parameters", ()):
            if "example" in parameter:
                jsonschema.validate(parameter["example"], parameter["schema"])
    assert seen >= 35


@pytest.mark.parametrize("name", CHEAP)
def test_an_example_is_what_the_server_answers(client, name):
    example = examples()[name]
    given = client.get(example["address"]).json()
    assert len(given["rows"]) == example["rows_in_all"]
    given["rows"] = given["rows"][: len(example["answer"]["rows"])]
    expected = dict(example["answer"])
    # What is held decides these, and a changed record changes them.
    for held in ("store_version", "answer_id", "citation"):
        assert given.pop(held)
        del expected[held]
    assert given == expected


def test_parameters_are_read_out_of_an_example_of_the_command_line():
    question = readable()["claims_judge"]
    assert given_in(question, question.examples[1]) == {
        "stated": "-294",
        "unit": "usd_billion",
        "of": "balance?year=2024",
        "column": "balance_usd",
    }
    assert given_in(readable()["claims_check"], "claims check INN02 --strict") == {
        "what": "INN02",
        "strict": "true",
    }


def test_nulls_of_an_example_stay(described):
    (row,) = operations(described)["balance"]["responses"]["200"]["content"]["application/json"]["examples"][
        "asked"
    ]["value"]["rows"]
    assert row["note"] is None
    assert completed({"paths": {}})["components"]


def test_cases_made_from_the_description_are_refused_as_described(tmp_path):
    sent = send(tmp_path, CASES, only_wrong=True)
    assert sent.faults == []
    assert sent.cases > 0.9 * CASES
    assert max(sent.statuses) < 500
    assert len(sent.by_address) >= len(readable())
