"""Small signs in a mail text: delimiters, signatures of devices, sign-off blocks, footers."""

import re

DELIMITER = re.compile(r"[ \t]*[-_,=+~#*ᐧ—–]{1,200}[ \t]*$")
USENET = re.compile(r"[ \t]*(?:--|—|–)[ \t]*$")
RULE = re.compile(r"[ \t]*_{5,}[ \t]*$")
SUPERCITE = re.compile(r"([A-Z][A-Za-z]{0,15})>(?:\s|$)")
_DEVICE = (
    r"(?:i-?phone|i-?pad|i-?pod|android|black-?berry|galaxy|samsung|htc|nokia|sony|xperia|huawei|honor|xiaomi|redmi"
    r"|pixel|oneplus|motorola|lg|nexus|lumia|windows|surface|mac(?:book)?|phone|smart-?phone|mobile|handheld|handy|cell"
    r"|tablet|pc|laptop|device|watch|outlook|mail|gmail|yahoo|aol|proton\w*|airmail|mailbox|inbox|spark|thunderbird"
    r"|k-9|telegram|handset|treo|palm|kindle|verizon|at&t|t-mobile|vodafone|telekom|orange|web\.de|gmx)"
)
_SENT = re.compile(
    rf"""[\s*_(<\[]*(?:
      sent\s+(?:from|via|with|by|using)\s+(?:(?:my|a|an|the)\s+)?(?:[^\s,.;!?]+\s+){{0,5}}?{_DEVICE}\b[^,;!?]{{0,60}}
        (?:[,.;!]\s*(?:so\s+)?(?:please\s+)?(?:excuse|forgive|pardon|apolog|sorry).{{0,80}})?
    | sent\s+(?:from|via|with|by|using)\s+(?:(?:my|a|an|the)\s+)?[^\s,.;]+(?:\s+[^\s,.;]+){{0,2}}
    | (?:[^\W\d]+\s+)?from\s+(?:my\s+)?mobile(?:\s+\w+)? | from\s+my\s+\S+(?:\s+\S+){{0,3}}
    | get\s+\[?outlook\s+for\s+.{{0,80}} | envoy[ée]\s+(?:depuis|de|à\s+partir|avec)\s+.{{1,60}}
    | (?:télécharger|obtenir|ottieni|descarg(?:ue|a|ar)|baixe|download|hämta|hent|pobierz|skaff|获取|取得)
        \s+(?:o\s+)?(?:ios\s版\s)?outlook(?:\s.{{1,60}})? | .{{0,20}}outlook.{{0,20}}[をの]入手 | von\s+mein(?:em|er)\s+.{{1,50}}\s+(?:gesendet
      |versendet|geschickt)
    | (?:von|mit)\s+.{{1,40}}\s+gesendet | gesendet\s+(?:von|mit|über|aus)\s+.{{1,60}}
      | outlook\s+für\s+.{{1,60}}
    | diese\s+nachricht\s+wurde\s+von\s+.{{1,60}}\s+gesendet | inviato\s+(?:da|dal
      |con)\s+.{{1,60}} | scarica\s+outlook\s+.{{1,60}}
    | sendt\s+fra\s+.{{1,60}} | skickat\s+från\s+.{{1,60}} | från\s+min\s+.{{1,40}}
      | lähetetty\s+.{{1,60}}
    | enviad[oa]\s+(?:do|da|desde|pelo|a\s+partir|por)\s+.{{1,60}}
      | obter\s+(?:o\s+)?outlook\s+.{{1,60}} | obtener\s+outlook\s+.{{1,60}}
    | verzonden\s+(?:met|vanaf|vanuit|via|door)\s+.{{1,60}} | verstuurd\s+(?:vanaf|met|via)\s+.{{1,60}}
      | outlook\s+voor\s+.{{1,60}}
    | wysłano?e?\s+(?:z|za)\s+.{{1,60}} | odesláno\s+z[e]?\s+.{{1,60}}
    | отправлено\s+(?:с|из)\s+.{{1,60}} | надіслано\s+з\s+.{{1,60}}
    | .{{1,40}}(?:からの送信|から送信|で送信) | 從我的.{{1,30}}(?:傳送|寄出)
    | 发自我的.{{1,30}} | 發自我的.{{1,30}}
      | 从我的.{{1,30}}发送
    | 나의\s.{{1,30}}에서\s보냄 | .{{1,30}}에서\s보냄
    | .{{1,30}}[ıiuü]m[dt][ae]n\s+gönderildi
    )[\s*_)>\].!]*$""",
    re.I | re.X,
)
#: Names that only devices and mail programs have, and words that mean one where it is somebody's own.
_PRODUCT = re.compile(
    r"i-?phone|i-?pad|i-?pod|android|black-?berry|galaxy|samsung|huawei|xiaomi|redmi|oneplus|motorola"
    r"|outlook|gmail|yahoo|\baol\b|proton\s?mail|airmail|mailbox|thunderbird|k-9|web\.de|\bgmx\b"
    r"|verizon|vodafone|t-mobile"
    r"|\b(?:my|mein\w*|mon|min[ea]?|mijn|mi|mio|mia|meu|minha|moje\w*|моего|мо[йяе]\w*)\s+(?:\S+\s+){0,3}?"
    r"(?:m[oó](?:bi|vi)l\w*|mobi\w*|smart-?phone|tele\w*|phone|cell\w*|handy|tablet\w*|device|laptop|pc|mac\w*|pixel"
    r"|nexus|windows|xperia|htc|sony|nokia|lg|ger[äa]t\w*)\b|我的|나의|[ıiuü]m[dt][ae]n\s",
    re.I,
)
_LINK = re.compile(
    r"\[([^\]]{1,80})\](?:\([^)]{0,300}\)|<[^>]{0,300}>)|<https?://[^>\s]{1,300}>|https?://\S{1,300}"
)
_SENT_HINT = re.compile(
    r"sent|from|outlook|envoy|von |mit |gesend|nachricht|inviat|sendt|skickat|från"
    r"|enviad|obt|verzond|verstuurd|wys|odes"
    r"|отпр|наді|送信|傳送|寄出|发|發|보냄|gönder|läh|scarica|télé",
    re.I,
)
_FOOTER = re.compile(
    r"mailing\s+list|unsubscribe|/mailman/|listinfo|listserv|confidential|intended\s+recipient|privileged|disclaimer"
    r"|you\s+received\s+this\s+message|to\s+post\s+to\s+this\s+group|virus|malware|abmelden|vertraulich|désabonner",
    re.I,
)


def is_sent_from(line: str) -> bool:
    """Whether a line is the advertisement of a phone or mail program."""
    if len(line) > 300 or not _SENT_HINT.search(line):
        return False
    bare = _LINK.sub(lambda found: found[1] or "", line).strip()
    return len(bare) <= 140 and bool(_SENT.match(bare))


def is_device(line: str) -> bool:
    """Whether a line advertises a device or mail program by its name, or as the sender's own.

    Stricter than ``is_sent_from``, for places where an answer may stand: "Sent by courier" is one.
    """
    return is_sent_from(line) and bool(_PRODUCT.search(line))


def is_footer(lines: list[str]) -> bool:
    """Whether a stretch under a rule is a list footer, a disclaimer or a scanner's stamp."""
    return any(_FOOTER.search(line) for line in lines)
