"""Text as people write it, as far as a search sees: few words often, most words hardly ever."""

import random
import re

VOCABULARY = 30_000
#: Said in exactly one of 200 loaded cases.
RARE = "quokkalith"
_SYLLABLES = re.findall("..", "bacedifoguhajekilomunapequrosutavewixoyuzabliclodrefusi")
_FREQUENT = (
    "the to and of in we is for mail not it on you please server our message with are was have "
    "this be error since user policy from sent can no delivery queue but all connector new domain "
    "after rule they will which archive when outbound gateway held there inbound spam report "
    "account still could console sync seen address working"
)


def vocabulary() -> list[str]:
    """Made-up words after the frequent ones, the same each time."""
    chance = random.Random(7)
    words = dict.fromkeys(_FREQUENT.split())
    while len(words) < VOCABULARY:
        words["".join(chance.choices(_SYLLABLES, k=chance.randint(2, 4)))] = None
    return list(words)


class Writer:
    """Writes sentences whose words follow Zipf's law."""

    def __init__(self, seed: int = 1) -> None:
        self._chance = random.Random(seed)
        self._words = vocabulary()
        total, weights = 0.0, []
        for rank in range(1, len(self._words) + 1):
            total += 1 / rank
            weights.append(total)
        self._weights = weights

    def words(self, count: int) -> list[str]:
        """So many words."""
        return self._chance.choices(self._words, cum_weights=self._weights, k=count)

    def sentence(self, words: int = 8) -> str:
        """One line without a full stop."""
        return " ".join(self.words(words)).capitalize()

    def text(self, characters: int) -> str:
        """Paragraphs of at least this length."""
        lines: list[str] = []
        size = 0
        while size < characters:
            line = " ".join(self.sentence(self._chance.randint(5, 14)) + "." for _ in range(2))
            lines += [line, ""] if self._chance.random() < 0.2 else [line]
            size += len(line) + 1
        return "\n".join(lines)
