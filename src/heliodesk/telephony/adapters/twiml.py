"""TwiML: instructions as the XML that Twilio, Telnyx (TeXML) and SignalWire (cXML) read. Pure."""

from collections.abc import Mapping
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

from heliodesk.telephony import prompts
from heliodesk.telephony.rules import Bye, Dial, Instruction, Prompt

CONTENT_TYPE = "text/xml; charset=utf-8"
#: A provider's word for what became of ringing somebody, in Asterisk's words.
_STATUSES = {
    "completed": "ANSWER",
    "answered": "ANSWER",
    "busy": "BUSY",
    "no-answer": "NOANSWER",
    "failed": "CHANUNAVAIL",
    "canceled": "CANCEL",
}
#: What a provider says of a call that is over.
OVER = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})


def dialstatus(word: str) -> str:
    """What became of ringing somebody."""
    return _STATUSES.get(word.strip().lower(), "")


def document(
    instruction: Instruction, *, base: str, step: int, language: str, vendor: str, caller_id: str
) -> bytes:
    """An instruction as a document.

    Args:
        base: the public address of these webhooks, without a slash at the end.
        step: the number of the step that comes next.
        caller_id: the number that an engineer sees; the one that was dialled.
    """
    root = ET.Element("Response")
    action = f"{base}/step?{urlencode({'step': step})}"
    if isinstance(instruction, Dial):
        _dial(root, instruction, action, base, caller_id)
    elif isinstance(instruction, Bye):
        _say(root, instruction.prompt, language, vendor)
        ET.SubElement(root, "Hangup")
    else:
        gather = ET.SubElement(
            root,
            "Gather",
            {
                "input": "dtmf",
                "numDigits": str(instruction.most),
                "timeout": str(instruction.seconds),
                "finishOnKey": "#",
                "action": action,
                "method": "POST",
                "actionOnEmptyResult": "true",
            },
        )
        _say(gather, instruction.prompt, language, vendor)
        redirect = ET.SubElement(root, "Redirect", {"method": "POST"})
        redirect.text = action
    return written(root)


def _dial(root: ET.Element, dial: Dial, action: str, base: str, caller_id: str) -> None:
    ringing = ET.SubElement(
        root,
        "Dial",
        {
            "timeout": str(dial.seconds),
            "action": action,
            "method": "POST",
            "answerOnBridge": "true",
            **({"callerId": caller_id} if caller_id else {}),
        },
    )
    kind, _, rest = dial.target.partition(":")
    name = {"sip": "Sip", "client": "Client"}.get(kind, "Number")
    leg = ET.SubElement(
        ringing,
        name,
        {"statusCallback": f"{base}/answered", "statusCallbackEvent": "answered"},
    )
    leg.text = rest if name == "Client" else dial.target


def _say(parent: ET.Element, prompt: Prompt, language: str, vendor: str) -> None:
    """The prompt's sentences; silence where there are no words."""
    spoken = prompts.sentences(prompt, language, vendor)
    voice = str(prompts.catalogue(prompts.known(language))["voice"])
    if not spoken:
        ET.SubElement(parent, "Pause", {"length": "5"})
    for sentence in spoken:
        ET.SubElement(parent, "Say", {"language": voice}).text = sentence


def written(root: ET.Element) -> bytes:
    """An element as a document."""
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


def rejected() -> bytes:
    """What a request gets that makes no sense: the line is hung up politely."""
    root = ET.Element("Response")
    ET.SubElement(root, "Hangup")
    return written(root)


def page(text: str, *, action: str, language: str) -> bytes:
    """A paging call: what is the matter, and one key. Asked twice, then the line is hung up."""
    root = ET.Element("Response")
    voice = str(prompts.catalogue(prompts.known(language))["voice"])
    gather = ET.SubElement(
        root,
        "Gather",
        {"input": "dtmf", "numDigits": "1", "timeout": "8", "action": action, "method": "POST"},
    )
    for _ in range(2):
        ET.SubElement(gather, "Say", {"language": voice}).text = text
        ET.SubElement(gather, "Pause", {"length": "1"})
    ET.SubElement(root, "Hangup")
    return written(root)


def said(name: str, *, language: str, vendor: str) -> bytes:
    """One sentence, and the line is hung up."""
    root = ET.Element("Response")
    _say(root, Prompt.of(name), language, vendor)
    ET.SubElement(root, "Hangup")
    return written(root)


def fields(given: Mapping[str, str]) -> dict[str, str]:
    """The fields of a request by our names, whatever the provider's dialect."""
    return {
        "call": given.get("CallSid", "").strip()[:200],
        "from": given.get("From", ""),
        "to": given.get("To", "") or given.get("Called", ""),
        "digits": given.get("Digits", ""),
        "dialstatus": dialstatus(given.get("DialCallStatus", "")),
        "status": given.get("CallStatus", "").strip().lower(),
        # Of the two who talked; CallDuration is that of the whole call, with all the keying in it.
        "talked": given.get("DialCallDuration", "").strip(),
    }


def written_nothing() -> bytes:
    """The answer to a notice: nothing is to be done."""
    return written(ET.Element("Response"))
