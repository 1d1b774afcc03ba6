"""What is new in a mail: markers in many languages, quotes, signatures, and nothing lost."""

import pytest

from heliodesk.intake.mail import read, reply
from heliodesk.intake.mail.reply import rules
from tests.intake.mail.letters import letter

QUOTE = "> Which pump is it?\n> And since when?"


def new(text: str) -> str:
    return reply.strip(text)


MARKERS = [
    "On Mon, Nov 23, 2026 at 9:00 AM Desk <desk@x.example> wrote:",
    "On 23/11/2026 09:00, Desk wrote:",
    "On Nov 23, 2026, at 9:00 AM, Desk Person\n<desk@x.example>\nwrote:",
    "On Mon, 23 Nov 2026 at 09:00 Desk <\ndesk@x.example> wrote:",
    "At 11/23/2026 09:00 AM, you wrote:",
    "Desk <desk@x.example> wrote:",
    "Desk <desk@x.example> wrote on Mon, 23 Nov 2026:",
    "2026-11-23 9:00 GMT+01:00 Desk <desk@x.example>:",
    "2026-11-23 9:00 GMT+01:00 Desk",
    '23.11.2026, 09:00, "Desk" <desk@x.example>:',
    "Am 23.11.26 um 09:00 schrieb Desk:",
    "Am Mo., 23. Nov. 2026 um 09:00 Uhr schrieb Desk <\ndesk@x.example>:",
    "Desk <desk@x.example> schrieb am Mo., 23. Nov. 2026,\n09:00:",
    "Le lun. 23 nov. 2026 à 09:00, Desk <desk@x.example> a écrit :",
    "El lun, 23 nov 2026 a las 9:00, Desk (<desk@x.example>) escribió:",
    "Em seg., 23 de nov. de 2026 às 09:00, Desk <desk@x.example>\nescreveu:",
    "Il giorno lun 23 nov 2026 alle ore 09:00 Desk <desk@x.example> ha scritto:",
    "Op ma 23 nov. 2026 om 09:00 schreef Desk <desk@x.example>:",
    "Op 23 nov. 2026 om 09:00 heeft Desk <desk@x.example> het volgende\ngeschreven:",
    "Den mån 23 nov. 2026 kl 09:00 skrev Desk <desk@x.example>:",
    "man. 23. nov. 2026 kl. 09.00 skrev Desk <desk@x.example>:",
    "pon., 23 lis 2026 o 09:00 Desk <desk@x.example> napisał(a):",
    "po 23. 11. 2026 v 9:00 odesílatel Desk <desk@x.example> napsal:",
    "ma 23. marrask. 2026 klo 9.00 Desk (desk@x.example) kirjoitti:",
    "Desk <desk@x.example>, 23 Kas 2026 Pzt, 09:00 tarihinde şunu yazdı:",
    "Desk <desk@x.example> ezt írta (időpont: 2026. nov. 23., H, 9:00):",
    "пн, 23 нояб. 2026 г. в 09:00, Desk <desk@x.example>:",
    "понедельник, 23 ноября 2026 г. пользователь Desk написал:",
    '23 лист. 2026 р. 09:00 "Desk" <desk@x.example> пише:',
    "2026年11月23日(月) 9:00 Desk <desk@x.example>:",
    "2026년 11월 23일 (월) 오전 9:00, Desk <desk@x.example>님이 작성:",
    "Desk <desk@x.example> 于2026年11月23日周一 上午9:00写道：",
    "在 2026年11月23日，上午9:00，Desk <desk@x.example> 写道：",
    "po 23. 11. 2026 o 9:00 Desk <desk@x.example> napísal(a):",
    "На пн, 23.11.2026 г. в 9:00 Desk <desk@x.example> написа:",
    "2026/11/23 9:00、Desk <desk@x.example>のメール：",
    "2026. 11. 23. 오전 9:00, Desk <desk@x.example> 작성:",
    "Wiadomość napisana przez Desk <desk@x.example> w dniu 23.11.2026, o godz. 09:00:",
    "Missatge de Desk <desk@x.example> del dia dl., 23 de nov. 2026 a les 9:00:",
    "Às 09:00 de 23/11/2026, Desk escreveu:",
    "23. Nov. 2026, 09:00 von desk@x.example:",
    "Quoting Desk <desk@x.example>:",
    ">>> Desk <desk@x.example> 23.11.2026 09:00 >>>",
    "Desk Person ---11/23/2026 09:00:33 AM---Hello, thank you for",
    "Desk <desk@x.example>\n23/11/2026 09:00\n\nTo\nann@y.example\ncc\n\nSubject\nRe: pump",
    "-----Original Message-----",
    "-------- Ursprüngliche Nachricht --------",
    "-------- Message d'origine --------",
    "----- Mensaje original -----",
    "-------- Исходное сообщение --------",
    "------------------ 原始邮件 ------------------",
    "Begin forwarded message:",
    "---------- Forwarded message ---------",
    "##- reply above -##",
    "> ##- Please type your reply above this line -##",
    "=== Please reply above this line ===",
]


FOREIGN = [
    "Desk kirjoitti 23.11.2026 klo 9.00:",
    "Desk wrote on 23/11/2026 09:00:",
    "Στις Δευ 23 Νοε 2026 στις 9:00 π.μ., ο χρήστης Desk <\ndesk@x.example> έγραψε:",
    "În lun., 23 nov. 2026 la 09:00, Desk <desk@x.example> a scris:",
    "pon, 23. stu 2026. u 09:00 Desk <desk@x.example> napisao je:",
    "На пн, 23.11.2026 г. в 9:00 Desk <desk@x.example> написа:",
    "Missatge de Desk <desk@x.example> del dia dl., 23 de nov. 2026 a les 9:00:",
    "Kontakt Desk (<desk@x.example>) kirjutas kuupäeval E, 23. november 2026 kell\n09:00:",
    "pirmd., 2026. g. 23. nov., plkst. 09:00 — lietotājs Desk (<desk@x.example>)\nrakstīja:",
    "ในวันที่ จ. 23 พ.ย. 2026 เวลา 09:00 Desk <desk@x.example> เขียนว่า:",
    "في الاثنين، 23 نوفمبر 2026 في 9:00 ص تمت كتابة ما يلي بواسطة Desk <desk@x.example>:",
    "Vào Th 2, 23 thg 11, 2026 vào lúc 9:00 Desk <desk@x.example> đã viết:",
]


@pytest.mark.parametrize("marker", FOREIGN)
def test_any_language_will_do_above_a_quote(marker: str) -> None:
    assert new(f"Number four.\n\n{marker}\n\n{QUOTE}\n") == "Number four."


@pytest.mark.parametrize("marker", MARKERS)
@pytest.mark.parametrize("quoted", [QUOTE, "Which pump is it?\nAnd since when?"])
def test_nothing_below_a_marker_is_shown(marker: str, quoted: str) -> None:
    assert (
        new(f"Number four.\n\nThanks\nAnn\n\n{marker}\n\n{quoted}\n")
        == "Number four.\n\nThanks\nAnn"
    )


HEADER_BLOCKS = [
    "From: Desk <desk@x.example>\nSent: Monday, November 23, 2026 9:00\nTo: Ann\nSubject: Re: Pump",
    "*From:* Desk\n*Sent:* Monday\n*To:* Ann\n*Subject:* Re: a subject that\ngoes on",
    "Von: Desk\nGesendet: Montag, 23. November 2026 09:00\nAn: Ann\nBetreff: AW: Pumpe",
    "De : Desk\nEnvoyé : lundi 23 novembre 2026 09:00\nÀ : Ann\nObjet : Pompe",
    "De: Desk\nEnviado el: lunes, 23 de noviembre de 2026\nPara: Ann\nAsunto: Bomba",
    "Da: Desk\nInviato: lunedì 23 novembre 2026\nA: Ann\nOggetto: Pompa",
    "Van: Desk\nVerzonden: maandag 23 november 2026\nAan: Ann\nOnderwerp: Pomp",
    "Från: Desk\nSkickat: den 23 november 2026 09:00\nTill: Ann\nÄmne: Pump",
    "Fra: Desk\nSendt: 23. november 2026 09:00\nTil: Ann\nEmne: Pumpe",
    "От: Desk\nОтправлено: 23 ноября 2026 г.\nКому: Ann\nТема: Насос",
    "差出人: Desk\n送信日時: 2026年11月23日\n宛先: Ann\n件名: ポンプ",
    "发件人: Desk\n发送时间: 2026年11月23日\n收件人: Ann\n主题: 水泵",
]


@pytest.mark.parametrize("block", HEADER_BLOCKS)
@pytest.mark.parametrize("rule", ["", "________________________________\n"])
def test_copied_headers_begin_another_mail(block: str, rule: str) -> None:
    assert new(f"Number four.\n\n{rule}{block}\n\nWhich pump is it?\n") == "Number four."


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"{QUOTE}\n\nNumber four.", f"{QUOTE}\n\nNumber four."),
        (f"On 23/11/2026 09:00, Desk wrote:\n{QUOTE}\n\nNumber four.", "Number four."),
        (
            f"On 23/11/2026 09:00, Desk wrote:\n\n{QUOTE}\n\nfour\n\n> And now?\n\nit stands",
            f"{QUOTE}\n\nfour\n\n> And now?\n\nit stands",
        ),
        (
            f"Hi,\n\nOn 23/11/2026, Desk wrote:\n{QUOTE}\n\nfour",
            f"Hi,\n\n\n{QUOTE}\n\nfour".replace("\n\n\n", "\n\n"),
        ),
        (
            f"Four it is.\n\nOn 23/11/2026, Desk wrote:\n{QUOTE}\n\nRegards, Ann",
            "Four it is.\n\n\nRegards, Ann",
        ),
        ("reply On Mon, Nov 23, 2026 at 9:00 AM, Desk <d@x.example> wrote:\n> q", "reply"),
        ("> only a quote", "> only a quote"),
        ("", ""),
    ],
)
def test_where_the_answer_stands(text: str, shown: str) -> None:
    assert new(text).replace("\n\n\n", "\n\n") == shown.replace("\n\n\n", "\n\n")


@pytest.mark.parametrize(
    "text",
    [
        "On 3 Nov the pump stopped.\nThe log then wrote: too hot\nWhat now?",
        "On your server run:\n\n    telnet x 25\n\nand it fails",
        "From: the wall\nTo: the pump\nI see a leak",
        "mysql> select 1;\nmysql> select 2;\nboth fail",
        "Steps\n-----\n1. start\n2. stop\n\nResult\n------\nboom",
        "Here is the code\n\n```\n# note\n> not a quote\n--\nx\n```\n\nthanks",
        "I wrote to bob@x.example. He said no. Then I wrote:\nplease help",
        "Sent from my desk, this is easier to read than from my phone, I hope you agree",
        "first\n\n________________\n\nsecond part of it\n\nthird part of it\n\nmore\nand more\nend",
        "Date: unknown\nit stopped again",
        "a -- b -- c",
        "Since 23 Nov 2026 at 9:00 bob@x.example gets:\nerror 42",
        "Bob wrote on 23/11/2026 09:00:\nthat all is well, but it is not",
        "The log said on 23/11/2026 09:00:\n> 550 blocked\nand then nothing more",
        "I mailed bob@x.example\n23/11/2026 09:00\nno answer",
    ],
)
def test_words_of_the_sender_are_never_lost(text: str) -> None:
    assert new(text) == text


@pytest.mark.parametrize(
    "tail",
    [
        "Sent from my iPhone", "Sent from my Galaxy S9, please excuse typos.",
        "Get Outlook for iOS",
        "Von meinem iPhone gesendet", "Envoyé depuis mon iPhone", "Enviado desde mi iPhone",
        "Inviato da iPhone", "Verstuurd vanaf mijn iPhone", "Skickat från min iPhone",
        "Отправлено с iPhone", "iPhoneから送信", "发自我的iPhone", "iPhone'umdan gönderildi",
        "Obtenir Outlook pour iOS<https://aka.ms/o0ukef>", "Verzonden vanuit Mail voor Windows",
        "Baixe o Outlook para Android", "Outlook for iOSを入手", "Envoyé avec l'application GMX",
        "-- \nAnn Example\nPlant 7", "--\nAnn", "_______\nAnn",
        "______________\nusers mailing list\nhttps://lists.x.example/mailman/listinfo/users",
        "***\n~~~~", "> trailing\n> quote",
    ],
)  # fmt: skip
def test_tails_are_not_shown(tail: str) -> None:
    assert new(f"Number four.\n\n{tail}\n") == "Number four."


@pytest.mark.parametrize("marker", [*MARKERS[:6], "", "> Which pump?"])
@pytest.mark.parametrize(
    "device",
    [
        "Sent from my iPhone", "Sent from Outlook Mobile<https://x.example>", "Sendt fra min iPad",
        "Get Outlook for iOS<https://aka.ms/o0ukef>", "Von meinem iPhone gesendet",
        "Envoyé depuis mon smartphone", "Enviado desde mi móvil", "发自我的iPhone",
        "Sent from my Galaxy S9, please excuse typos.",
        "Sent from my mobile device\n\nGet Outlook for Android",
    ],
)  # fmt: skip
def test_a_device_right_above_a_quote_is_not_shown(device: str, marker: str) -> None:
    assert new(f"Number four.\n\n{device}\n\n{marker}\n{QUOTE}\n") == "Number four."


@pytest.mark.parametrize(
    "said",
    [
        "Number four.\n\nSent by courier yesterday.",
        "Number four.\n\nMit DHL gesendet",
        "Number four.\n\nSent from the warehouse",
        "It was shown on both:\nSent from my iPhone",
        "Ann\n\nSent from my iPhone",
        "Sent from my iPhone",
    ],
)
def test_what_may_be_an_answer_above_a_quote_stays(said: str) -> None:
    assert new(f"{said}\n\n{MARKERS[0]}\n{QUOTE}\n") == said


def test_a_device_between_quotes_is_an_answer() -> None:
    text = f"> How was it sent?\n\nSent from my iPhone\n\n{QUOTE}\n\nNumber four.\n"
    assert "Sent from my iPhone" in new(text)


def test_a_forwarded_mail_without_comment_keeps_its_body() -> None:
    text = (
        "---------- Forwarded message ---------\nFrom: Bob <b@x.example>\nDate: Mon, Nov 23, 2026\n"
        "Subject: Pump\nTo: <ann@x.example>\n\nThe pump stands still.\n"
    )
    assert new(text) == "The pump stands still."


HTML = [
    '<div>Four.</div><div class="gmail_quote"><div class="gmail_attr">On Mon, Nov 23, 2026 Desk '
    "&lt;d@x.example&gt; wrote:</div><blockquote class=\"gmail_quote\">Which?</blockquote></div>",
    '<p>Four.</p><div id="appendonsend"></div><hr><div id="divRplyFwdMsg"><b>From:</b> Desk</div>'
    "Which?",
    '<p>Four.</p><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0in 0in 0in">'
    "<p><b>From:</b> Desk<br><b>Sent:</b> Monday<br><b>To:</b> Ann<br><b>Subject:</b> x</p></div>"
    "Which?",
    'Four.<div class="moz-cite-prefix">On 23.11.2026 Desk wrote:</div>'
    '<blockquote type="cite">Which?</blockquote>',
    '<p>Four.</p><div class="yahoo_quoted">On Monday Desk wrote:<div>Which?</div></div>',
    '<p>Four.</p><div class="protonmail_quote">--- Original ---<blockquote type="cite">Which?'
    "</blockquote></div>",
    '<div>Four.</div><hr id="stopSpelling">From: Desk<br>Which?',
    "<p>Four.</p><blockquote type=cite>Which?</blockquote>",
    "<p>Four.</p><p>##- reply above -##</p><p>Which?</p>",
]  # fmt: skip


@pytest.mark.parametrize("page", HTML)
def test_marks_of_mail_programs_in_html(page: str) -> None:
    assert read(letter(page, Content_Type="text/html")).reply_text == "Four."


def test_an_indented_block_in_html_is_no_quote() -> None:
    page = '<p>As we said:</p><blockquote style="margin-left:40px">four pumps</blockquote>'
    assert "four pumps" in read(letter(page, Content_Type="text/html")).reply_text


def test_answers_between_html_quotes_are_kept() -> None:
    page = (
        '<div class="gmail_quote"><div class="gmail_attr">On Mon, Nov 23, 2026 Desk wrote:</div>'
        "<blockquote type=cite>Which?</blockquote><div>Four.</div>"
        "<blockquote type=cite>Since when?</blockquote><div>Today.</div></div>"
    )
    shown = read(letter(page, Content_Type="text/html")).reply_text
    assert "Four." in shown
    assert "Today." in shown


@pytest.mark.parametrize(
    ("word", "kept"),
    [
        ("tt", "01"), ("tebq", "0"), ("tebt", "0"), ("bqet", "3"), ("bqetqt", "12345"),
        ("tbqqt", "04"), ("bet", "2"), ("q", "0"), ("tq", "0"), ("tqt", "012"), ("tes", "0"),
        ("tbqttttttt", "023456789"), ("", ""),
    ],
)  # fmt: skip
def test_rules(word: str, kept: str) -> None:
    assert "".join(map(str, rules.keep(list(word)))) == kept


def test_very_long_texts_are_left_whole() -> None:
    text = "\n".join(["line"] * 7000 + ["> quote"])
    assert new(text) == text


def test_signature_armour_is_not_shown() -> None:
    text = (
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\nNumber four.\n\n"
        "-----BEGIN PGP SIGNATURE-----\n\niQIz=\n=abcd\n-----END PGP SIGNATURE-----\n"
    )
    assert new(text) == "Number four."


def test_uuencoded_files_are_not_shown() -> None:
    assert new("see file\nbegin 644 a.txt\n#86%A\n`\nend\nthanks") == "see file\n\nthanks"
