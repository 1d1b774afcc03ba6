"""Questions one a line as JSON, answered one a line in the same order."""

import json
from collections.abc import Callable, Iterable, Mapping

MAX_LINE = 1_000_000


def answer_lines(
    lines: Iterable[bytes],
    write: Callable[[str], object],
    answer: Callable[[Mapping[str, object]], Mapping[str, object]],
    refused: type[Exception],
) -> int:
    """Answer each line in its place; a line that cannot be answered gets ``{"error": ...}``.

    Blank lines are passed over. Returns the exit status: 0, or 1 if any line failed.
    """
    failed = 0
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            found: Mapping[str, object] = answer(read_object(line))
        except (Malformed, refused) as error:
            failed = 1
            found = {"error": f"line {number}: {error}"}
        write(json.dumps(found, ensure_ascii=False))
    return failed


class Malformed(ValueError):
    """A line that is not one JSON object."""


def read_object(line: bytes) -> Mapping[str, object]:
    """The JSON object of a line. Raises Malformed."""
    if len(line) > MAX_LINE:
        raise Malformed("the line is too long")
    try:
        found = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise Malformed("the line is not UTF-8 text") from error
    except (ValueError, RecursionError) as error:
        raise Malformed(f"the line is not JSON: {error}") from error
    if not isinstance(found, dict):
        raise Malformed("the line is not a JSON object")
    return found
