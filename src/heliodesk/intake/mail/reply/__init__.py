"""What is new in a mail: the body without quoted mail, delimiters and signatures."""


def strip(text: str, page: str | None, *, from_html: bool) -> str:
    """The new words of a mail. Never loses the sender's words: when in doubt, keeps."""
    return text.strip()
