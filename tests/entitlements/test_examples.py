"""The worked examples, fact by fact."""

import pytest

from heliodesk.entitlements.pack.examples import Example, examples_of
from heliodesk.entitlements.pack.shipped import default_pack
from heliodesk.entitlements.situations import worked
from tests.entitlements.asking import asked

EXAMPLES = examples_of("mimecast-2018")


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: str(example.id))
def test_example(example: Example) -> None:
    assert asked(**example.input) == example.expect


def test_all_are_there() -> None:
    assert len({example.id for example in EXAMPLES}) == 42
    assert examples_of("nobody") == ()


def test_the_shipped_pack_holds_all_of_them() -> None:
    assert [one.example.id for one in worked(default_pack()) if one.differs] == []
