"""Join the soft line breaks of ``format=flowed`` text (RFC 3676)."""

import re

_QUOTE = re.compile(r">*")


def join(text: str, *, delsp: bool = False) -> str:
    """``text`` with each flowed paragraph on one line; quoting depth and signature line kept."""
    out: list[str] = []
    open_depth = -1
    for line in text.split("\n"):
        quote = _QUOTE.match(line)
        depth = quote.end() if quote else 0
        content = line[depth:].removeprefix(" ") if depth else line
        signature = content == "-- "
        flows = content.endswith(" ") and not signature and content.strip() != ""
        shown = content[:-1] if flows and delsp else content
        if open_depth == depth and not signature:
            out.append(shown)
        else:
            out.append("\n")
            out.append(f"{'>' * depth} {shown}" if depth else shown)
        open_depth = depth if flows else -1
    return "".join(out[1:])
