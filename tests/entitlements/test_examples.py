"""The worked examples, fact by fact."""

import json
from pathlib import Path

import pytest

from tests.entitlements.asking import asked

EXAMPLES = [
    json.loads(line)
    for line in Path(__file__).with_name("decisions.jsonl").read_text().splitlines()
]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: str(example["id"]))
def test_example(example: dict[str, dict[str, object]]) -> None:
    assert asked(**example["input"]) == example["expect"]


def test_all_are_there() -> None:
    assert len({example["id"] for example in EXAMPLES}) == 42
