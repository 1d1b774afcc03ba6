"""What ``heliodesk serve`` was asked for: options, or else environment variables, or defaults."""

import os
from dataclasses import dataclass
from pathlib import Path

from heliodesk.config import environment
from heliodesk.config.server.ports import Port, reachable


@dataclass(frozen=True)
class Options:
    """Where the desk listens and where it keeps its data."""

    data: Path
    host: str
    web_port: int
    live_port: int
    mail_host: str
    smtp_port: int
    lmtp_port: int

    @property
    def address(self) -> str:
        """The address for people, unless HELIODESK_BASE_URL says another."""
        host = reachable(self.host)
        host = f"[{host}]" if ":" in host else host
        return environment.text("HELIODESK_BASE_URL", f"http://{host}:{self.web_port}")

    def ports(self) -> list[Port]:
        """All that will be listened at."""
        mail = self.mail_host
        return [
            Port(self.host, self.web_port, "the pages", "--web-port", "HELIODESK_WEB_PORT"),
            Port(self.host, self.live_port, "live updates", "--live-port", "HELIODESK_LIVE_PORT"),
            Port(mail, self.smtp_port, "mail by SMTP", "--smtp-port", "HELIODESK_SMTP_PORT"),
            Port(mail, self.lmtp_port, "mail by LMTP", "--lmtp-port", "HELIODESK_LMTP_PORT"),
        ]

    def variables(self) -> dict[str, str]:
        """The same as environment variables, for the parts and for our own settings."""
        return {
            "HELIODESK_DATA": str(self.data),
            "HELIODESK_HOST": self.host,
            "HELIODESK_WEB_PORT": str(self.web_port),
            "HELIODESK_LIVE_PORT": str(self.live_port),
            "HELIODESK_MAIL_HOST": self.mail_host,
            "HELIODESK_SMTP_PORT": str(self.smtp_port),
            "HELIODESK_LMTP_PORT": str(self.lmtp_port),
            "HELIODESK_BASE_URL": self.address,
        }

    def export(self) -> None:
        """Make them hold for this process and all that it starts."""
        os.environ.update(self.variables())
