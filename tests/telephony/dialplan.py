"""Enough of Asterisk 22 to run the shipped dialplan: what it would do, step by step.

Reads ``extensions-heliodesk.conf`` as ``pbx_config`` does, and runs it as ``pbx.c``, ``app_read``,
``app_dial``, ``app_stack``, ``func_curl`` and ``func_uri`` are documented to. What it does not know
it refuses, so that a line that Asterisk could not run fails here, too. Time is counted, not spent.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, unquote

CONF = Path(__file__).parents[2] / "deploy" / "asterisk" / "extensions-heliodesk.conf"
#: What ``ast_uri_encode`` leaves as it is (RFC 2396, 2.3).
_UNRESERVED = "-_.!~*'()"
_LINE = re.compile(r"(exten|same)\s*=>\s*(.*)")
_MOST_STEPS = 2000


class HungUp(Exception):
    """The channel is gone; the thread of the dialplan ends."""


@dataclass(frozen=True)
class Step:
    """One priority: an application and what it is given."""

    app: str
    data: str
    text: str


@dataclass
class Plan:
    """A dialplan: context and extension to steps; labels; global variables."""

    steps: dict[tuple[str, str], list[Step]] = field(default_factory=dict)
    labels: dict[tuple[str, str, str], int] = field(default_factory=dict)
    globals: dict[str, str] = field(default_factory=dict)

    def place(self, context: str, exten: str, priority: str) -> int:
        """The index of a priority by its number or label."""
        found = self.labels.get((context, exten, priority))
        if found is not None:
            return found
        assert priority.isdigit(), f"no label {priority} in {exten}@{context}"
        assert 1 <= int(priority) <= len(self.steps[context, exten]), (context, exten, priority)
        return int(priority) - 1


def read(path: Path = CONF) -> Plan:
    """The dialplan in a file."""
    plan, context, exten = Plan(), "", ""
    for raw in path.read_text().splitlines():
        line = raw.partition(";")[0].strip() if not raw.lstrip().startswith(";") else ""
        if not line:
            continue
        if line.startswith("["):
            assert line.endswith("]"), raw
            context = line[1:-1]
        elif context == "globals":
            name, _, value = line.partition("=")
            plan.globals[name.strip()] = value.strip()
        else:
            found = _LINE.fullmatch(line)
            assert found and context, raw
            rest = found[2]
            if found[1] == "exten":
                exten, _, rest = rest.partition(",")
                assert rest.startswith("1,"), f"an extension begins with priority 1: {raw}"
            _add(plan, context, exten, rest, raw)
    return plan


def _add(plan: Plan, context: str, exten: str, rest: str, raw: str) -> None:
    place, _, call = rest.partition(",")
    found = re.fullmatch(r"(?:1|n)(?:\(([\w-]+)\))?", place)
    assert found, f"a priority is 1, n or n(label): {raw}"
    app, _, data = call.partition("(")
    assert not data or data.endswith(")"), f"the brackets do not close: {raw}"
    steps = plan.steps.setdefault((context, exten), [])
    if found[1]:
        assert (context, exten, found[1]) not in plan.labels, f"{found[1]} stands twice"
        plan.labels[context, exten, found[1]] = len(steps)
    steps.append(Step(app.strip(), data[:-1], raw.strip()))


@dataclass
class Request:
    """One request that the dialplan made by CURL."""

    what: str
    fields: dict[str, str]
    body: str
    headers: list[str]
    seconds: float


#: Answers a request, or none when the desk is away; a float is for how long it stays silent.
Desk = Callable[[Request], "tuple[int, str] | float | None"]


@dataclass
class Rung:
    """What becomes of ringing somebody: the status, and how long was talked."""

    status: str = "NOANSWER"
    talked: int = 0
    #: It is the caller who hangs up in the end, not the engineer.
    by_caller: bool = False


@dataclass
class Channel:
    """A call on the exchange. It hangs up before ``gone_at`` things have been done, if ever."""

    plan: Plan
    desk: Desk
    exten: str = "+442078478701"
    number: str = "+447700900123"
    presentation: str = "allowed_not_screened"
    unique: str = "peer-pbx-1795415162.20"
    keys: list[str] = field(default_factory=list)
    rings: list[Rung] = field(default_factory=list)
    gone_at: int | None = None
    variables: dict[str, str] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    dialled: list[str] = field(default_factory=list)
    played: list[str] = field(default_factory=list)
    #: Seconds that the caller spent waiting for the desk before somebody was rung.
    waited: float = 0.0
    options: dict[str, list[str]] = field(default_factory=dict)
    hash: dict[str, str] = field(default_factory=dict)
    handlers: list[str] = field(default_factory=list)
    done: int = 0
    gone: bool = False
    #: Seconds of the clock: talking takes time, nothing else does.
    clock: int = 1_795_415_162
    #: Of a telephone that is rung: the caller's channel.
    master: "Channel | None" = None

    def call(self, context: str = "heliodesk", exten: str = "") -> "Channel":
        """Run from the first priority until the call is over, then what runs at its end."""
        wanted = exten or self.exten
        pattern = next(
            name for place, name in self.plan.steps if place == context and _fits(name, wanted)
        )
        self.variables |= {"EXTEN": wanted, "UNIQUEID": self.unique}
        with suppress(HungUp):
            self._run(context, pattern, "1")
        self.gone = True
        for handler in reversed(self.handlers):
            place, name, priority = handler.split(",")
            self._run(place, name, priority, within=True)
        return self

    def _run(self, context: str, exten: str, priority: str, *, within: bool = False) -> None:
        index = self.plan.place(context, exten, priority)
        stack: list[tuple[str, str, int, dict[str, str]]] = []
        for _ in range(_MOST_STEPS):
            steps = self.plan.steps[context, exten]
            if index >= len(steps):
                return
            step = steps[index]
            self._live(within=within)
            index += 1
            data = self.substituted(step.data)
            jump = self._goto(step, data, context, exten)
            if jump:
                context, exten, index = jump
            elif step.app == "Gosub":
                target, _, given = data.partition("(")
                stack.append((context, exten, index, self._arguments(given[:-1])))
                context, exten, index = self._label(target, context, exten)
            elif step.app == "Return":
                if not stack:
                    return
                context, exten, index, before = stack.pop()
                self.variables |= before
            else:
                self._do(step, data)
        raise AssertionError("the dialplan goes round and round")

    def _live(self, *, within: bool) -> None:
        """The caller may hang up between any two steps; a handler at the end runs to its end."""
        if within:
            return
        if self.gone_at is not None and self.done >= self.gone_at:
            raise HungUp
        self.done += 1

    def _arguments(self, given: str) -> dict[str, str]:
        """Set ARG1, ARG2 …; what they were before."""
        parts = separated(given)
        before = {f"ARG{n}": self.variables.get(f"ARG{n}", "") for n in range(1, len(parts) + 1)}
        self.variables |= {f"ARG{n}": part for n, part in enumerate(parts, start=1)}
        return before

    def _goto(self, step: Step, data: str, context: str, exten: str) -> tuple[str, str, int] | None:
        if step.app == "Goto":
            return self._label(data, context, exten)
        if step.app != "GotoIf":
            return None
        condition, _, branches = data.partition("?")
        yes, _, no = branches.partition(":")
        chosen = yes if condition.strip() not in {"", "0"} else no
        return self._label(chosen, context, exten) if chosen else None

    def _label(self, text: str, context: str, exten: str) -> tuple[str, str, int]:
        *place, priority = text.split(",")
        if place:
            context, exten = ("", *place)[-2] or context, place[-1]
        return context, exten, self.plan.place(context, exten, priority)

    def _do(self, step: Step, data: str) -> None:
        match step.app:
            case "NoOp" | "Answer" | "Log" | "Wait" | "GotoIf":
                return
            case "Hangup":
                raise HungUp
            case "Set":
                name, equals, value = data.partition("=")
                assert equals, step.text
                self._set(name, value)
            case "ClearHash":
                self.hash = {}
            case "Playback":
                self.played += data.split("&")
            case "Read":
                self._read(data)
            case "Dial":
                self._dial(data)
            case _:
                raise AssertionError(f"Asterisk knows no application {step.app}: {step.text}")

    def _set(self, name: str, value: str) -> None:
        if name.startswith("CURLOPT("):
            key = name[8:-1]
            known = {"conntimeout", "httptimeout", "hashcompat", "failurecodes", "httpheader"}
            assert key in known, key
            kept = self.options.setdefault(key, [])
            # A header is added, anything else replaced (func_curl.c of 22).
            self.options[key] = [*kept, value] if key == "httpheader" else [value]
        elif name.startswith("CHANNEL("):
            assert name == "CHANNEL(hangup_handler_push)", name
            self.handlers.append(value)
        elif name.startswith("MASTER_CHANNEL("):
            (self.master or self).variables[name[15:-1]] = value
        elif name.startswith("HASH("):
            assert name == "HASH(desk)", name
        else:
            self.variables[name.lstrip("_")] = value

    def _read(self, data: str) -> None:
        variable, prompt, most, options, attempts, timeout = separated(data)
        assert most.isdigit() and float(timeout) > 0 and attempts == "1" and not options
        self.played += prompt.split("&")
        keyed = self.keys.pop(0) if self.keys else ""
        if keyed == "hangup":
            self.variables |= {variable: "", "READSTATUS": "HANGUP"}
            raise HungUp
        self.variables[variable] = keyed[: int(most)]
        self.variables["READSTATUS"] = "OK" if keyed else "TIMEOUT"

    def _dial(self, data: str) -> None:
        target, seconds, options = separated(data)
        assert seconds.isdigit() and options.startswith("g"), data
        if not target:
            self.variables["DIALSTATUS"] = "INVALIDARGS"
            raise HungUp
        self.dialled.append(target)
        rung = self.rings.pop(0) if self.rings else Rung()
        self.variables["ANSWEREDTIME"] = ""
        if rung.status == "ANSWER" and "U(" in options:
            place, *given = options.partition("U(")[2].rstrip(")").split("^")
            callee = Channel(self.plan, self.desk, unique="callee-1", requests=self.requests)
            callee.master, callee.clock = self, self.clock
            callee.variables = {f"ARG{n}": text for n, text in enumerate(given, start=1)}
            callee._run(place, "s", "1", within=True)
        self.variables["DIALSTATUS"] = rung.status
        if rung.status == "ANSWER":
            self.clock += rung.talked
            # Since this channel was answered, however long ago that was.
            self.variables["ANSWEREDTIME"] = str(rung.talked + 97)
        if rung.status == "CANCEL" or rung.by_caller:
            raise HungUp

    # --- variables, functions and expressions ---------------------------------------------------

    def substituted(self, text: str) -> str:
        """Every ``${…}`` and ``$[…]`` replaced once, in order; results are not read again."""
        out, at = [], 0
        while at < len(text):
            if text.startswith(("${", "$["), at):
                end = _closing(text, at + 1)
                inner = text[at + 2 : end]
                if text[at + 1] == "{":
                    out.append(self._value(inner))
                else:
                    out.append(_expression(self.substituted(inner)))
                at = end + 1
            else:
                out.append(text[at])
                at += 1
        return "".join(out)

    def _value(self, inner: str) -> str:
        name, cut = _cut(inner)
        name = self.substituted(name)
        if "(" in name:
            function, _, given = name.partition("(")
            value = self._function(function, given[:-1])
        elif name == "EPOCH":
            value = str(self.clock)
        else:
            value = self.variables.get(name, self.plan.globals.get(name, ""))
        if cut:
            start, _, length = cut.partition(":")
            value = value[int(start) :][: int(length) if length else None]
        return value

    def _function(self, name: str, given: str) -> str:
        match name:
            case "URIENCODE":
                return quote(given, safe=_UNRESERVED)
            case "CALLERID":
                return {"num": self.number, "num-pres": self.presentation}[given]
            case "HASH":
                assert given.startswith("desk,"), given
                return self.hash.get(given.removeprefix("desk,"), "")
            case "IF":
                condition, _, rest = given.partition("?")
                yes, _, no = rest.partition(":")
                return yes if condition.strip() not in {"", "0"} else no
            case "CURL":
                return self._curl(given)
        raise AssertionError(f"Asterisk knows no function {name}")

    def _curl(self, given: str) -> str:
        url, body = separated(given)
        assert not set(url + body) & set("\r\n"), "an injected line"
        seconds = float(self.options["httptimeout"][0])
        assert float(self.options["conntimeout"][0]) <= seconds
        fields = {}
        for pair in body.split("&"):
            name, equals, value = pair.partition("=")
            assert equals and name not in fields, f"a field that is not escaped: {body}"
            fields[name] = unquote(value)
        asked = Request(
            url.partition("/voice/asterisk/")[2], fields, body,
            list(self.options.get("httpheader", [])), seconds,
        )  # fmt: skip
        self.requests.append(asked)
        answer = self.desk(asked)
        if isinstance(answer, float):
            self.waited += min(answer, seconds)
            answer = None
        status, said = answer or (0, "")
        if not status or str(status) in self.options["failurecodes"][0].split(","):
            said = ""
        self._compatible(said)
        return said

    def _compatible(self, said: str) -> None:
        """``hashcompat=yes``: pairs, each decoded; a plus stays a plus."""
        assert self.options["hashcompat"] == ["yes"]
        pairs = [pair.partition("=") for pair in said.strip().split("&") if pair]
        self.hash |= {unquote(name): unquote(value) for name, _, value in pairs}


def separated(text: str) -> list[str]:
    """Arguments as ``AST_STANDARD_RAW_ARGS`` separates them: commas outside brackets and quotes."""
    parts, depth, quoted, escaped = [""], 0, False, False
    for char in text:
        if escaped or char == "\\":
            escaped = char == "\\" and not escaped
        elif char == '"':
            quoted = not quoted
        elif not quoted and char in "(":
            depth += 1
        elif not quoted and char == ")" and depth:
            depth -= 1
        if char == "," and not depth and not quoted and not escaped:
            parts.append("")
        else:
            parts[-1] += char
    return parts


def _fits(pattern: str, dialled: str) -> bool:
    """Whether an extension answers to what was dialled."""
    if not pattern.startswith("_"):
        return pattern == dialled
    assert pattern == "_[+0-9].", pattern
    return re.fullmatch(r"[+0-9].+", dialled, re.S) is not None


def _closing(text: str, start: int) -> int:
    """Where the bracket at ``start`` closes."""
    depth, pairs = 0, {"{": "}", "[": "]"}
    opening, closing = text[start], pairs[text[start]]
    for at in range(start, len(text)):
        if text[at] == opening:
            depth += 1
        elif text[at] == closing:
            depth -= 1
            if not depth:
                return at
    raise AssertionError(f"a bracket does not close: {text}")


def _cut(inner: str) -> tuple[str, str]:
    """A name, and which part of its value is meant (``:0:6``)."""
    found = re.fullmatch(r"(.*?[\w)]):(-?\d+(?::\d+)?)", inner, re.S)
    return (found[1], found[2]) if found else (inner, "")


def _expression(text: str) -> str:
    """The few forms of ``$[…]`` that the dialplan uses."""
    same = re.fullmatch(r'"(.*)"="(.*)"', text, re.S)
    if same:
        return str(int(same[1] == same[2]))
    sum_ = re.fullmatch(r"(\d+)([+-])(\d+)", text)
    if sum_:
        return str(int(sum_[1]) + int(sum_[2] + sum_[3]))
    less = re.fullmatch(r"(\d+)<(\d+)", text)
    if less:
        return str(int(int(less[1]) < int(less[2])))
    raise AssertionError(f"an expression that Asterisk would refuse: {text}")


def targets(plan: Plan) -> Iterator[tuple[str, str, str]]:
    """Every place that a step may jump to, as context, extension and priority."""
    for (context, exten), steps in plan.steps.items():
        for step in steps:
            if step.app in {"Goto", "GotoIf", "Gosub"}:
                data = re.sub(r"\$[\[{].*[\]}](?=\?)", "", step.data)
                data = data.partition("(")[0] if step.app == "Gosub" else data
                for text in data.replace("?", "", 1).split(":"):
                    *place, priority = text.split(",")
                    where = (context, exten, *place)[-2:] if place else (context, exten)
                    yield where[0], where[1], priority
