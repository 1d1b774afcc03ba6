"""What an incident is made of, without a database."""

import pytest

from heliodesk.incidents.rules import Refused, intervals, telling_words


def test_telling_words_leave_out_what_every_report_says() -> None:
    words = telling_words("Mail to outside is delayed since this morning", "Secure Gateway")
    assert words == ["mail", "outside", "delayed", "mornin", "secure", "gateway"] or words == [
        "mail", "outside", "delayed", "morning", "secure", "gateway"
    ]  # fmt: skip
    assert telling_words("We are down", "24 12") == []
    assert len(telling_words(" ".join(f"word{chr(97 + n)}" for n in range(26)))) == 12


def test_intervals_are_read_or_refused() -> None:
    known = ["gold", "platinum"]
    assert intervals({"gold": " 30 ", "platinum": ""}, known) == {"gold": 30}
    assert intervals({"other": "30"}, known) == {}
    for wrong in ("0", "4", "1441", "soon", "-5", "²"):
        with pytest.raises(Refused, match="minutes"):
            intervals({"gold": wrong}, known)
