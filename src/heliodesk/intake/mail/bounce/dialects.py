"""How mail servers word a returned mail that is no proper status notification."""

import re

SUBJECT = re.compile(
    r"""^\W*(?:\[[^\]]*\]\s*)?(?:\*+\w+\*+\s*)?(?:
      returned\s+(?:mail|message|e-?mail|to\s+sender) | (?:mail\s+|message\s+
        |e-?mail\s+)?undeliver(?:able|ed)
    | (?:mail|message|e-?mail|permanent|smtp)?\s*delivery\s+(?:status\s+notification|failure
      |failed|fail\b
        |has\s+failed|problem|error|notification|report|incomplete|delayed|temporarily|suspended)
    | mail\s+deliver\w*\s+(?:sub)?system | failure\s+(?:notice|delivery) | failed\s+(?:delivery
      |mail|to\s+deliver)
    | message\s+(?:delivery\s+)?(?:has\s+)?(?:failed|could\s+not|status|delayed|not\s+delivered
      |bounced)
    | non-?\s?(?:delivery|deliverable)|nondeliver | (?:your\s+)?(?:mail|message
      |e-?mail)\s+(?:could|was)\s+not
    | mail\s+(?:system\s+)?(?:error|failure) | there\s+was\s+an\s+error\s+sending
      | permanent\s+delivery
    | undelivered | bounced?\s+(?:mail|message|e-?mail) | rejected\s+(?:mail|message)
    | warning:\s+(?:could\s+not\s+send|message|mail) | could\s+not\s+send\s+message
      | unable\s+to\s+deliver
    | loop\s+alert | you\s+\S+@\S+\s+are\s+not\s+member | cannot\s+send | user\s+unknown
      | email\s+error
    | unzustellbar | (?:e-?mail\s+|nachricht\s+)?(?:konnte\s+)?nicht\s+zugestellt | zustell(?:ung
      |fehler)\w*
    | (?:[ée]chec|non)\s+(?:de\s+)?(?:la\s+)?(?:remise|distribution|d[ée]livr)
      | message\s+non\s+(?:distribu|d[ée]livr)
    | no\s+se\s+(?:puede|pudo|ha\s+podido)\s+entregar | (?:correo|mensaje)\s+no\s+entregad
      | no\s+entregado
    | n[ãa]o\s+(?:entreg|foi\s+poss[ií]vel) | mensagem\s+n[ãa]o\s+entreg | falha\s+na\s+entrega
    | (?:impossibile|mancat[ao])\s+(?:recapit|consegn|inoltr) | onbestelbaar | niet\s+(?:bezorg
      |afgelever)
    | niedostarcz | zwrot | nelze\s+doru | nedoru[čc] | teslim\s+edilem | olevererbar
      | kan\s+ikke\s+leveres
    | kunde\s+inte\s+levereras | ej\s+levererb | toimittamaton | k[ée]zbes[ií]thetetlen
    | ваше\s+сообщение\s+не\s+доставлено | недоставлен | не\s+доставлен
      | сообщение\s+не\s+доставлен | возврат
    | (?:メール|メッセージ)?を?(?:配信|送信|配送)(?:できません|不能|エラー)
    | メールエラー | エラー通知
    | メッセージを配信できません | 配信不能 | 退信
    | 系统退信 | (?:邮件|郵件)(?:无法|無法|被退|投递失败|傳遞失敗) | 未送达
    | 반송|전송\s*실패|배달되지
    )""",
    re.I | re.X,
)

PHRASE = re.compile(
    r"""(?:could|can|cannot|can't|was|were|has|have)\s*(?:not|n't|n.t)?\s+(?:yet\s+)?(?:been\s+|be\s+)?
        (?:successfully\s+)?delivered\s+(?:to|because|for|due|on)
    | (?:could|can)(?:\s+not|not|n.t)\s+be\s+(?:delivered|sent|reached)
    | (?:was|were|been)\s+(?:not|n.t|un)\s*(?:able\s+to\s+be\s+)?delivered
    | (?:unable|not\s+able|wasn.t\s+able|failed)\s+to\s+deliver | we\s+had\s+trouble\s+delivering
    | (?:error|problem)s?\s+(?:occurred\s+)?(?:while\s+)?(?:trying\s+to\s+)?(?:deliver
      |sending)\w*\s+(?:the|your|this)?\s*
        (?:mail|message|e-?mail)
    | del[ei]very\s+(?:to|for|has|of)\s+[^\n]{0,60}(?:fail|abort|delay|recipients?\s+or\s+groups)
    | delivery\s+failed | did\s+not\s+reach | permanent(?:ly)?\s+(?:fatal\s+)?(?:error|fail)
    | following\s+(?:recipient|address)(?:\(?e?s\)?|es)?\s*(?:\(s\)\s*)?(?:failed|had|has|was
      |were|could)
    | addresses\s+had\s+(?:permanent|delivery|fatal|transient) | recipients?\s+(?:was
      |were)\s+(?:rejected|affected)
    | transcript\s+of\s+session | mail\s+delivery\s+(?:software|agent)
      | returned\s+to\s+(?:the\s+)?sender
    | rejected\s+(?:the\s+)?(?:recipient|by\s+(?:the|a)\s+(?:server|recipient|remote|mail))
      | failure\s+reasons?
    | unknown\s+user | user\s+(?:is\s+)?unknown | no\s+such\s+(?:user|recipient|mailbox|address)
    | mailbox\s+(?:is\s+)?(?:full|unavailable|exceeds|not\s+found) | over\s+quota
      | not\s+listed\s+in
    | exceeds?\s+allowed\s+size | exceeded\s+the\s+local\s+limit | account\s+is\s+disabled
    | invalid\s+(?:final\s+delivery\s+)?(?:user|recipient|address)
      | recipient\s+(?:address\s+)?(?:rejected|not\s+found)
    | (?:may\s+not|doesn.t|does\s+not)\s+exist | host\s+(?:unknown|not\s+found)
      | group\s+you\s+tried\s+to\s+contact
    | message\s+has\s+been\s+in\s+the\s+queue\s+too\s+long
      | not\s+a\s+member\s+of\s+this\s+mailing | duplicated\s+message-id
    | no\s+valid\s+recipients | nicht\s+zugestellt\s+werden | nicht\s+(?:zustellbar|erreicht)
      | unzustellbar
    | n.a\s+pas\s+(?:pu\s+)?(?:[êe]tre\s+|[ée]t[ée]\s+)?(?:remis|distribu|d[ée]livr|transmis)
      | impossible\s+de\s+(?:remettre|distribuer)
    | [ée]chec\s+de\s+(?:la\s+)?(?:remise|distribution) | no\s+(?:se\s+)?(?:pudo|puede
      |ha\s+podido|fue\s+posible)\s+(?:ser\s+)?entreg
    | n[ãa]o\s+(?:p[ôo]de|foi\s+poss[ií]vel|pode|foi)\s+(?:ser\s+)?entreg
      | non\s+[èe]\s+stato\s+(?:possibile\s+)?(?:recapit|consegn)
    | impossibile\s+(?:recapit|consegn) | niet\s+(?:worden\s+|kunnen\s+)?(?:bezorgd|afgeleverd)
      | nie\s+(?:zosta[łl]a|mo[żz]e|mog[łl]a)\s+(?:by[ćc]\s+)?dostarcz
    | nelze\s+doru | nebyla?\s+doru | teslim\s+edilem | kunde\s+inte\s+levereras
      | kunne\s+ikke\s+leveres | ei\s+voitu\s+toimittaa
    | не\s+(?:может\s+быть\s+|было\s+|удалось\s+)?доставл
    | (?:配信|送信|配送)(?:でき(?:ません|なかった)|に失敗)
    | 存在しない | (?:无法|無法)(?:投递|送达|遞送|傳送|传递)
    | 投递失败 | 전송(?:하지|되지)\s*못|배달할\s*수\s*없
    """,
    re.I | re.X,
)

OPENING = re.compile(
    r"""\W*(?:
      (?:hi[.!]?\s+)?this\s+is\s+the\s+[^\n]{0,60}(?:program|mail\s+(?:system|agent|transport)|server|delivery)
    | this\s+(?:message|is\s+an?\s+automatic\w*\s+(?:generated\s+)?(?:message|delivery)
      |e-?mail)\s+(?:was|is)?\s*(?:created|generated|sent)?\s*
        automatically\s+(?:created\s+|generated\s+)?by\s+(?:the\s+)?mail
    | this\s+is\s+an\s+automatically\s+generated\s+delivery
      | the\s+original\s+message\s+was\s+received\s+at
    | you\s+are\s+not\s+a\s+member\s+of\s+this\s+mailing\s+list\s+<
      | duplicated\s+message-id\s+in\s+<
    | error:\s+invalid\s+user\s+address | your\s+mail\s+sent\s+on:
      | message\s+from\s+\S+\s+unable\s+to\s+deliver
    | your\s+message(?::)?\s+(?:to|subject|from):\s | sorry,\s+we\s+were\s+unable\s+to\s+deliver
    | delivery\s+(?:to\s+the\s+following\s+recipient|has\s+failed\s+to\s+these)
    | an\s+error\s+occurred\s+while\s+trying\s+to\s+deliver | we\s+had\s+trouble\s+delivering
    | -+\s*the\s+following\s+addresses\s+had | -+\s*transcript\s+of\s+session
      | your\s+message\s+(?:did\s+not\s+reach|wasn.t\s+delivered)
    | \*\*\s*message\s+blocked | \*\*\s*address\s+not\s+found | =+\s+del[ei]very\s+to\s+the
    )""",
    re.I | re.X,
)

ORIGINAL = re.compile(
    r"""^[ \t>]*+[-=*]*+[ \t]*+(?:
      (?:this|below\s+this\s+line|included|here)\s+is\s+a\s+copy\s+of
        | -*[ \t]*original\s+(?:message|mail)(?:\s+(?:follows|headers?|info))?
    | the\s+header\s+of\s+the\s+original | (?:returned|unsent|undelivered|bounced)\s+message
      | message\s+headers?\s+follow
    | message\s+header\s*:? | headers?\s+of\s+(?:the\s+)?(?:original|undelivered)
      | below\s+(?:are|is)\s+(?:the\s+)?(?:first|message|original)
    | non-?delivered\s+information | message\s+details
    )[^\n]{0,60}$""",
    re.I | re.M | re.X,
)

SERVER_SAID = re.compile(
    r"(?:^|[\s:('])[45]\d\d[ -](?:#?[45]\.\d{1,3}\.\d{1,3}\b|[^\n]{0,80}(?:<[^<>\s]+@"
    r"|user|mailbox|recipient"
    r"|unknown|denied|reject|relay|host|address|blocked|spam|no such))|<<< [45]\d\d |\bRCPT TO:",
    re.I,
)

DELAYED = re.compile(
    r"not\s+yet\s+been\s+delivered|will\s+(?:be\s+retried|continue\s+(?:to\s+)?try|keep\s+trying|retry|try\s+again)"
    r"|warning\s+message\s+only|do\s+not\s+need\s+to\s+resend|delivery\s+(?:attempts\s+will|is\s+delayed|delayed"
    r"|temporarily)|has\s+been\s+delayed|delivery\s+incomplete|temporary\s+problem"
    r"|could\s+not\s+send\s+message\s+for\s+past",
    re.I,
)
FATAL = re.compile(r"permanent|fatal|gave up|given up|giving up|aborted|returned to sender", re.I)

MACHINE = re.compile(
    r"^(?:mailer[-_.]?daemon|mail[-_.]?daemon|post[-_]?master|mail[-_.]?deliver\w*|mdaemon|daemon|bounces?"
    r"|double-bounce|mailsystem|mail[-_.]?system|mmdf|sysadmin|smtp|mta)(?:[+=@._-]|$)",
    re.I,
)
DAEMON = re.compile(r"mail(?:er)?[-_. ]?daemon|mail[-_. ]?deliver\w*[-_. ]?(?:sub)?system", re.I)
QUIET = re.compile(
    r"^(?:no-?reply|do-?not-?reply|\S+-admin|\S+-owner|owner-\S+|\S+-request)(?:[+@._-]|$)", re.I
)
NAMES = re.compile(
    r"mail\s*deliver\w*\s+(?:sub)?system|mailer[- ]?daemon|system\s+administrator|^postmaster$"
    r"|internet\s+mail\s+delivery|ndr\s+administrator|interscan",
    re.I,
)
