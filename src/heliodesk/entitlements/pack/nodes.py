"""Reading YAML with the file and line of every value, so that an error can point at it."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

import yaml

T = TypeVar("T")
_SAFE = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
MAX_BYTES = 2_000_000


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a pack, and where."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.reason}"


class PackError(ValueError):
    """A pack that cannot be used; ``faults`` says where and why, one by one."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class _Found:
    """A fault with the section it stands in and the sections by which it was judged."""

    line: int
    reason: str
    section: str
    rests_on: frozenset[str]

    def follows(self, other: "_Found") -> bool:
        """Whether it may only be there because of the other, which must be mended first."""
        if other.section not in self.rests_on:
            return False
        return other.section != self.section or other.section not in other.rests_on


@dataclass(slots=True)
class Faults:
    """Faults found so far in one file."""

    file: str
    #: The section that is being read.
    section: str = ""
    found: list[_Found] = field(default_factory=list)

    def add(self, line: int, reason: str, *rests_on: str) -> None:
        """Note a fault at a line; it may follow from faults of the sections that it rests on."""
        self.found.append(_Found(line, reason, self.section, frozenset(rests_on)))

    def finish(self) -> None:
        """Raise PackError if anything was noted: with what is wrong first, not what follows."""
        if not self.found:
            return
        roots = [one for one in self.found if not any(map(one.follows, self.found))]
        lines: dict[str, list[int]] = {}
        for one in sorted(roots, key=lambda one: one.line):
            lines.setdefault(one.reason, []).append(one.line)
        raise PackError(
            [
                Fault(self.file, first, reason + _also(others))
                for reason, (first, *others) in lines.items()
            ]
        )


def _also(lines: list[int]) -> str:
    """Where the same is wrong once more."""
    return f" (also in line {', '.join(map(str, lines))})" if lines else ""


class Misread(Exception):
    """A value that could not be read; carries its line and the sections it was judged by."""

    def __init__(self, line: int, reason: str, *rests_on: str) -> None:
        super().__init__(reason)
        self.line, self.reason, self.rests_on = line, reason, rests_on


class Node:
    """A value of the file: asks for what it should be and complains with its line."""

    __slots__ = ("faults", "raw")

    def __init__(self, raw: yaml.Node, faults: Faults) -> None:
        self.raw, self.faults = raw, faults

    @property
    def line(self) -> int:
        """The line it stands on, from 1."""
        return int(self.raw.start_mark.line) + 1

    def wrong(self, reason: str, *rests_on: str) -> Misread:
        """An error at this value, as judged by what stands in other sections."""
        return Misread(self.line, reason, *rests_on)

    def items(self) -> list[tuple[str, "Node"]]:
        """The keys and values of a mapping; a key that comes twice is refused."""
        if not isinstance(self.raw, yaml.MappingNode):
            raise self.wrong("a mapping is expected here")
        found: dict[str, Node] = {}
        for key, value in self.raw.value:
            if not isinstance(key, yaml.ScalarNode):
                raise self.wrong("keys must be plain words")
            if key.value in found:
                raise Misread(key.start_mark.line + 1, f"{key.value} is given twice")
            found[str(key.value)] = Node(value, self.faults)
        return list(found.items())

    def fields(self, required: str, optional: str = "") -> dict[str, "Node"]:
        """The fields of a mapping by name; missing and unknown ones are refused."""
        found = dict(self.items())
        known = required.split() + optional.split()
        for key, node in found.items():
            if key not in known:
                raise node.wrong(f"{key} is not known here; known are {', '.join(known)}")
        for key in required.split():
            if key not in found:
                raise self.wrong(f"{key} is missing")
        return found

    def entries(self) -> list["Node"]:
        """The values of a sequence."""
        if not isinstance(self.raw, yaml.SequenceNode):
            raise self.wrong("a list is expected here")
        return [Node(value, self.faults) for value in self.raw.value]

    def each(self, read: Callable[["Node"], T]) -> Iterator[T]:
        """Read the values of a sequence; a fault in one does not hide those of the others."""
        for node in self.entries():
            try:
                yield read(node)
            except Misread as error:
                self.faults.add(error.line, error.reason, *error.rests_on)

    def plain(self) -> object:
        """The value as plain Python data."""
        loader = _SAFE("")
        try:
            return loader.construct_document(self.raw)
        except (yaml.YAMLError, ValueError) as error:
            raise self.wrong(str(error)) from error
        finally:
            loader.dispose()

    def text(self) -> str:
        """A text that is not empty."""
        if not isinstance(self.raw, yaml.ScalarNode) or not self.raw.value.strip():
            raise self.wrong("a text is expected here")
        return str(self.raw.value).strip()

    def code(self) -> str:
        """A short name made of letters, digits, point, dash, underscore."""
        text = self.text()
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,63}", text):
            raise self.wrong(f"{text!r} is not a code (letters, digits, . _ + -)")
        return text

    def flag(self) -> bool:
        """True or false."""
        value = self.plain()
        if not isinstance(value, bool):
            raise self.wrong("true or false is expected here")
        return value

    def whole(self, least: int = 0) -> int:
        """A whole number, at least ``least``."""
        value = self.plain()
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            raise self.wrong(f"a whole number of at least {least} is expected here")
        return value

    def one_of(self, options: Iterable[str], *rests_on: str) -> str:
        """One of the words given, which may come from another section."""
        text, known = self.text(), list(options)
        if text not in known:
            raise self.wrong(f"{text!r} is not one of {', '.join(known)}", *rests_on)
        return text

    def texts(self) -> tuple[str, ...]:
        """A list of texts."""
        return tuple(node.text() for node in self.entries())


def read_tree(source: str, faults: Faults) -> Node:
    """The root of a YAML text; syntax errors, anchors gone wild and empty files are faults."""
    if len(source) > MAX_BYTES:
        faults.add(1, "the file is too large for a pack")
        faults.finish()
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(source, Loader=_SAFE)):
            faults.add(1, "anchors and aliases are not used in packs: write the value out")
            faults.finish()
        root: yaml.Node | None = yaml.compose(source, Loader=_SAFE)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        faults.add(mark.line + 1 if mark else 1, f"not readable as YAML: {error.problem}")
        faults.finish()
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        faults.add(1, f"not readable as YAML: {error}")
        faults.finish()
    if root is not None:
        return Node(root, faults)
    raise PackError([Fault(faults.file, 1, "the file is empty")])
