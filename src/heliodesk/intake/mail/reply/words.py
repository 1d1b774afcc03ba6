"""The words by which mail programs, in many languages, introduce quoted and forwarded mail."""

import re

WROTE = (
    r"wrote(?:\s+the\s+following)?|writes|says|said|sent|a\s+[ée]crit|nous\s+a\s+dit|ha\s+scritto"
    r"|ha\s+escrito|escribi[óo]|ha\s+escrit|va\s+escriure|escreveu|schrieben\s+sie|geschrieben"
    r"|schrieb(?:\s+folgendes)?|schreef|het\s+volgende\s+geschreven|heeft\s+geschreven|geschreven"
    r"|verzond|skrev(?:\s+følgende)?|napisa[łl](?:\(a\)|a|/a)?|pisze|napsala?(?:\(a\))?|nap[íi]sala?(?:\(a\))?"
    r"|napisao(?:\s+je)?|је\s+написао|написала?(?:\(а\))?|пишет|писала?|пише|написав|ezt\s+[íi]rta"
    r"|[íi]rta|kirjoitti|(?:şunu\s+|şunları\s+)?yazdı|写道|寫道|έγραψε|a\s+scris|scris|rašė|rakstīja"
    r"|kirjutas|đã\s+viết|menulis|написа|เขียนว่า|のメール|(?:님이\s*)?작성|さんは書きました|さんが書きました|כתב(?:ה|/ה)?|كتب"
)
_ON = (
    r"on|at|in\s+message|le|am|op|il|el|em|den|på|dnia|w\s+dniu|dňa|dne|dana|v|pe|în\s+data\s+de|la"
    r"|vào|pada|在|于|於|στις|ב-?|בתאריך|بتاريخ|el\s+d[íi]a|no\s+dia|em\s+qua|kl\.?|às"
)
_EMAIL = r"[^\s<>@\"'()\[\]]+@[^\s<>@\"'()\[\]]+\.\w{2,}"
_DAY = (
    r"(?:\d{4}\s?[-/.年년]\s?\d{1,2}\s?[-/.月월]\s?\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}"
    r"|\d{1,2}(?:\.|st|nd|rd|th|º)?\s+(?:de\s+)?[^\W\d]{3,12}\.?,?\s+(?:de\s+)?(?:19|20)\d\d"
    r"|[^\W\d]{3,12}\.?\s+\d{1,2}(?:st|nd|rd|th)?,?\s+(?:19|20)\d\d)"
)
_END = r"\s*[:：.]?[\s>*_-]*$"

ON = re.compile(rf"(?:(?:{_ON})\s|在|于|於)", re.I)
WROTE_AT_END = re.compile(rf"(?:^|[\s>\"')\]]|(?<=\w))(?:{WROTE}){_END}", re.I)
ON_WROTE_SOMEBODY = re.compile(
    r"(?:op|am|den|på|kl|[^\W\d]{2,4}[.,])\s[^\n]{0,80}\d[^\n]{0,40}\s(?:schreef|schrieb|skrev|verzond|geschreven)"
    r"\s[^\n]{1,200}:$",
    re.I,
)
DATE_FIRST = re.compile(rf"(?:[^\W\d]{{1,14}}[.,]{{0,2}}\s+){{0,2}}{_DAY}", re.I)
EMAIL_AT_END = re.compile(rf"[<(]\s*(?:mailto:)?{_EMAIL}\s*[>)]\s*:?$", re.I)
DATE_ZONE_SOMEBODY = re.compile(r"\d{4}-\d\d-\d\d \d{1,2}:\d\d GMT[+-]\d\d:\d\d\s\S.{0,80}$")
EMAIL = re.compile(_EMAIL)
WROTE_WORD = re.compile(rf"(?:^|[\s>\"')\]])(?:{WROTE})(?:$|[\s:：.,])", re.I)
AUTHOR_WROTE = re.compile(rf"[^\d\n]{{1,80}}\s(?!said|says|sent)(?:{WROTE})\s[^\n]{{4,60}}$", re.I)
SPELT = re.compile(
    rf"(?:quoting|zitat\s+von|citando|citation\s+de|citat\s+från|cytowanie)\s.{{0,80}}<{_EMAIL}>:$"
    rf"|\d{{1,2}}\.?\s[^\W\d]{{3,10}}\.?\s20\d\d,\s\d\d:\d\d\s\w{{2,4}}\s{_EMAIL}:$"
    rf"|(?:missatge\s+de|wiadomość\s+napisana\s+przez)\s.{{1,160}}\d{{1,2}}[:.]\d\d:$"
    rf"|.{{0,80}}تمت\s+كتابة\s+ما\s+يلي\s+بواسطة\s.{{1,120}}:$",
    re.I,
)
"""Introductions of single programs and languages that put their words in an order of their own."""
GROUPWISE = re.compile(rf">>>\s.{{0,80}}(?:{_EMAIL}|\d[:.]\d\d).{{0,40}}>>>$")
NOTES = re.compile(r".{1,60}\s?---\s?\d{1,4}[./-]\d{1,2}[./-]\d{1,4}\s\d{1,2}[:.]\d\d.{0,14}---")
POSTED_BY = re.compile(r"posted by .{1,80} on \d{1,2}/\d{1,2}/\d{4}$", re.I)
HAS_DATE = re.compile(
    r"(?:19|20)\d\d|\d{1,2}[./-]\d{1,2}|\d{1,2}[:.h]\d\d|\d{1,2}\.?\s+[^\W\d]{3,}|[^\W\d]{3,}\.?\s+\d{1,2}\b|@"
)
TIME = re.compile(r"\b\d{1,2}[:.h]\d\d\b")
YEAR = re.compile(r"\b20\d\d\b")
PUNCTUATED = re.compile(r"[,<\"(@]")
STARTS = re.compile(
    rf"[\s>*_-]*(?:(?:{_ON})\s|在|于|於|\d|[^\W\d]{{1,14}}[.,]{{1,2}}\s+\d|[^\W\d]{{2,4}}\s\d{{1,2}}\.\s|[^\W\d]{{2,14}},)",
    re.I,
)
LAST = (
    "wrote", "following", "writes", "says", "said", "sent", "écrit", "ecrit", "dit", "scritto",
    "escrito", "escribió", "escribio", "escrit", "escriure", "escreveu", "sie", "geschrieben",
    "schrieb", "folgendes", "schreef", "geschreven", "verzond", "skrev", "følgende", "napisał",
    "napisal", "(a)", "napisała", "/a", "pisze", "napsal", "napsala", "napísal", "napísala",
    "napisao", "је написао", "je", "написал", "написала", "(а)", "пишет", "писал", "писала",
    "пише", "написав", "írta", "irta", "kirjoitti", "yazdı", "写道", "寫道", "έγραψε", "scris",
    "rašė", "rakstīja", "kirjutas", "viết", "menulis", "작성", "書きました", "כתב", "כתבה", "كتب",
)  # fmt: skip
"""How a marker without a colon at its end may end."""
VERB_ALONE = re.compile(rf"\s*>?\s*(?:{WROTE})\s*[:：]\s*$", re.I)
SENTENCE_END = re.compile(
    r"(?:(?<![^\W\d])(?!(?:inc|ltd|corp|dept|prof|gmbh|bros|mrs|llc)\.)[^\W\d]{3,}\.|[!?])\s+[^\W\d]",
    re.I,
)
VERB_LINE = re.compile(rf"\s*>?\s*(?:(?:{WROTE})\s*)?[:：]?\s*$", re.I)

_ORIGINAL = (
    r"original\s+(?:message|mail|e-?mail|nachricht|appointment)|forwarded\s+(?:message|mail|by\s+.{1,60})"
    r"|reply\s+message|message\s+(?:d'origine|original|initial|transf[ée]r[ée]|r[ée]exp[ée]di[ée])"
    r"|ursprüngliche\s+(?:nachricht|e-?mail)|originalnachricht|antwort\s+nachricht|weitergeleitete\s+nachricht"
    r"|mensaje\s+(?:original|reenviado)|mensagem\s+(?:original|encaminhada)|messaggio\s+(?:originale|inoltrato)"
    r"|(?:oorspronkelijk|doorgestuurd|origineel)\s+bericht|oprindelig\s+meddelelse|videresendt\s+meddelelse"
    r"|opprinnelig\s+melding|videresendt\s+melding|ursprungligt\s+meddelande|(?:vidarebefordrat|ursprungs)\w*\s*meddelande"
    r"|alkuperäinen\s+viesti|edelleenlähetetty\s+viesti|исходное\s+сообщение|пересылаемое\s+сообщение"
    r"|пересланное\s+сообщение|оригінальне\s+повідомлення|wiadomość\s+(?:oryginalna|przekazana)"
    r"|oryginalna\s+wiadomość|treść\s+oryginalnej\s+wiadomości|původní\s+zpráva|přeposlaná\s+zpráva"
    r"|pôvodná\s+správa|eredeti\s+üzenet|továbbított\s+(?:levél|üzenet)|orijinal\s+mesaj|özgün\s+ileti"
    r"|iletilen\s+mesaj|mesaj\s+(?:original|redirecționat)|原始邮件|原始郵件|原邮件|转发邮件|轉寄郵件"
    r"|元のメッセージ|オリジナルメッセージ|転送メッセージ|원본\s*메[시세]지|전달된\s*메[시세]지"
    r"|αρχικό\s+μήνυμα|προωθημένο\s+μήνυμα|הודעה\s+(?:מקורית|שהועברה)|الرسالة\s+الأصلية"
)
ORIGINAL = re.compile(
    rf"[\s>*]*[-_=]{{2,80}}[\s*]*(?:{_ORIGINAL})[\s*]*[:：]?[\s*]*(?:[-_=]{{2,}}|$)"
    rf"|[\s>*]*(?:original\s+message\s+(?:follows|below)\W*$|begin\s+forwarded\s+message\s*:"
    rf"|d[ée]but\s+du\s+message\s+(?:transf[ée]r[ée]|r[ée]exp[ée]di[ée])\s*:|inizio\s+messaggio\s+inoltrato\s*:"
    rf"|anfang\s+der\s+weitergeleiteten\s+(?:nachricht|e-?mail)\s*:|inicio\s+del\s+mensaje\s+reenviado\s*:"
    rf"|in[íi]cio\s+da\s+mensagem\s+(?:encaminhada|reenviada)\s*:|begin\s+doorgestuurd\s+bericht\s*:"
    rf"|start\s+på\s+videresendt\s+\w+\s*:|vidarebefordrat\s+\w+\s*:|välitetty\s+viesti\s+alkaa\s*:"
    rf"|початок\s+\w+\s+повідомлення\s*:|начало\s+переадресованного\s+сообщения\s*:"
    rf"|początek\s+przekazywanej\s+wiadomości\s*:|下面是被转发的邮件\s*[:：]|開始轉寄郵件\s*[:：]"
    rf"|転送されたメッセージ\s*[:：]|전달된\s+메시지\s*:)",
    re.I,
)
FORWARDED = re.compile(
    r"forward|transf[ée]r|weitergeleitet|reenviad|encaminhad|inoltrat|doorgestuurd|videresendt"
    r"|vidarebefordra|пересыл|переслан|переадрес|przekaz|přeposlan|tovább|转发|轉寄|転送|전달",
    re.I,
)

_KINDS = {
    "f": r"from|von|de|da|van|fra|från|od|mittente|remitente|exp[ée]diteur|lähettäjä"
    r"|от(?:\s+кого)?|від(?:\s+кого)?"
    r"|feladó|kimden|gönderen|发件人|寄件者|寄件人|差出人|送信者|보낸\s?사람|από|מאת|من|de\s+la|saatja|nuo",
    "t": r"to|an|à|a|para|aan|til|till|do|destinat[aá]rio|destinataire|pour|vastaanottaja"
    r"|кому|címzett|kime|alıcı"
    r"|收件人|收件者|宛先|받는\s?사람|προς|אל|إلى|către|komu|pro|za",
    "c": r"cc|bcc|kopie|kopia|copie|cópia|copia|kopi|копия|másolat|bilgi|抄送|副本|참조|κοιν\.?"
    r"|reply-to|répondre\s+à"
    r"|antwort(?:en)?\s+an|antwoord(?:en)?\s+aan|beantwoorden\s+-\s+aan|risposta|rispondi\s+a|responder\s+a|svara?\s+till"
    r"|importance|priority|wichtigkeit|attachments?|anlagen?|organization",
    "d": r"date|sent(?:\s+at|\s+on)?|datum|gesendet(?:\s+am)?|envoy[ée]"
    r"|enviad[oa](?:\s+e[lm])?|fecha|data|inviato|verzonden"
    r"|sendt|dato|skickat|wysłano|lähetetty|päivä(?:määrä)?|дата|отправлено|надіслано|dátum|elküldve|küldve|tarih"
    r"|gönderildi|gönderme\s+tarihi|发送时间|发送日期|日期|寄件日期|送信日時|日時|보낸\s?날짜|날짜|ημερομηνία|στάλθηκε|נשלח"
    r"|תאריך|تاريخ|تم\s+الإرسال|odesláno|odoslané|poslano|trimis|le",
    "s": r"subject|betreff|objet|asunto|assunto|oggetto|onderwerp|emne|ämne|temat|aihe|тема"
    r"|tárgy|konu|主题|主題|主旨|件名"
    r"|제목|θέμα|נושא|الموضوع|předmět|predmet|subiect|zadeva|teema",
}
HEADER = re.compile(
    r"[\s>*_]{0,12}(?:"
    + "|".join(f"(?P<{kind}>{words})" for kind, words in _KINDS.items())
    + r")[\s*_]{0,4}[:：]",
    re.I,
)

_OVER = (
    r"above|oberhalb|über|au-dessus|ci-dessus|plus\s+haut|encima|arriba|acima|sopra|boven|ovenfor|over|ovanför"
    r"|powyżej|nad|yläpuolelle|fölé|üstüne|üzerine|выше|вище|上方|以上|上に|위에"
)
_BAR = r"[-=_#*~—–]{2,}"
ABOVE = re.compile(
    rf"[\s>]*(?:#{{1,4}}\s?-.{{0,90}}-\s?#{{1,4}}|{_BAR}.{{0,80}}(?:{_OVER}).{{0,60}}{_BAR}"
    rf"|[-=_#*—–\s]*(?:please\s+)?(?:reply|write|type\s+your\s+reply)\s+above\s+this\s+line\W*"
    rf"|{_BAR}\s*(?:please\s+)?(?:reply|respond|write|type)\b.{{0,40}}\babove\b.{{0,40}})\s*$",
    re.I,
)
