"""Automatic mail, and mail that no machine may answer."""

import pytest

from heliodesk.intake.mail import read
from tests.intake.mail.letters import letter, multipart, plain


@pytest.mark.parametrize(
    "fields",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated; owner=x"},
        {"X_Autoreply": "yes"},
        {"X_Autorespond": "Away"},
        {"Precedence": "auto_reply"},
        {"Precedence": "bulk"},
        {"Return_Path": "<>", "X_Auto_Response_Suppress": "All"},
        {"Subject": "Automatic reply: The pump"},
        {"Subject": "Out of Office: The pump"},
        {"Subject": "Re: Out of Office"},
        {"Subject": "Autoreply: x"},
        {"Subject": "Abwesenheitsnotiz: x"},
        {"Subject": "Automatische Antwort: x"},
        {"Subject": "Réponse automatique : x"},
        {"Subject": "Respuesta automática: x"},
        {"Subject": "Resposta automática: x"},
        {"Subject": "Risposta automatica: x"},
        {"Subject": "Automatisch antwoord: x"},
        {"Subject": "Automatiskt svar: x"},
        {"Subject": "Automatyczna odpowiedź: x"},
        {"Subject": "Автоматический ответ: x"},
        {"Subject": "自動返信: x"},
        {"Subject": "自动回复: x"},
    ],
)
def test_made_by_a_machine(fields: dict[str, str]) -> None:
    automatic = read(letter(**fields)).automatic
    assert automatic.generated
    assert automatic.no_reply
    assert automatic.signs


@pytest.mark.parametrize(
    "fields",
    [
        {"List_Id": "<users.x.example>"},
        {"Precedence": "list"},
        {"Precedence": "bulk", "In_Reply_To": "<m0@x.example>"},
        {"Precedence": "bulk", "List_Id": "<users.x.example>"},
        {"Return_Path": "<>"},
        {"X_Auto_Response_Suppress": "OOF"},
        {"From": "MAILER-DAEMON@x.example"},
        {"From": "postmaster@x.example"},
        {"List_Unsubscribe": "<mailto:x@y.example>"},
        {"X_RT_Loop_Prevention": "other desk"},
    ],
)
def test_not_to_be_answered_by_a_machine(fields: dict[str, str]) -> None:
    automatic = read(letter(**fields)).automatic
    assert automatic.no_reply
    assert not automatic.generated


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"Auto_Submitted": "no"},
        {"Subject": "The automatic reply of the pump is late"},
        {"Subject": "Office door does not open"},
        {"Subject": "Vacation module crashes"},
        {"Subject": "Urlaubsantrag im Portal"},
        {"Subject": "Away team cannot sign in"},
        {"Precedence": "normal"},
        {"X_Autoreply": "no"},
        {"From": "bounce.house@x.example"},
        {"Return_Path": "<ann@customer.example>"},
    ],
)
def test_written_by_a_person(fields: dict[str, str]) -> None:
    automatic = read(letter(**fields)).automatic
    assert not automatic.no_reply, automatic.signs


def test_a_read_receipt_is_automatic() -> None:
    raw = multipart("report; report-type=disposition-notification", plain("read"))
    mail = read(raw)
    assert mail.automatic.no_reply
    assert mail.bounce is None
