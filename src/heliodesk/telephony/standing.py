"""What the machine remembers and says, as plain values a row can keep. Pure."""

from collections.abc import Mapping
from typing import Any

from heliodesk.telephony.rules import (
    Bye,
    Dial,
    Gather,
    Instruction,
    Kind,
    Prompt,
    Route,
    Standing,
    State,
)


def kept(now: Standing) -> dict[str, Any]:
    """A standing as JSON."""
    return {name: getattr(now, name) for name in Standing.__dataclass_fields__}


def recalled(kept: Mapping[str, Any]) -> Standing:
    """A standing from JSON."""
    values = dict(kept)
    route = values.get("route")
    values["state"] = State(values.get("state", State.RINGING))
    values["kind"] = Kind(values.get("kind", ""))
    values["route"] = Route(route) if route else None
    return Standing(**values)


def written(instruction: Instruction) -> dict[str, Any]:
    """An instruction as JSON."""
    if isinstance(instruction, Dial):
        return {"do": "dial", "target": instruction.target, "timeout": instruction.seconds}
    parts = [list(part) for part in instruction.prompt.parts]
    if isinstance(instruction, Bye):
        return {"do": "bye", "prompt": parts}
    return {
        "do": "gather",
        "prompt": parts,
        "max": instruction.most,
        "timeout": instruction.seconds,
    }


def read(answer: Mapping[str, Any]) -> Instruction:
    """An instruction from JSON."""
    if answer["do"] == "dial":
        return Dial(answer["target"], answer["timeout"])
    prompt = Prompt(tuple((name, figure) for name, figure in answer["prompt"]))
    if answer["do"] == "bye":
        return Bye(prompt)
    return Gather(prompt, answer["max"], answer["timeout"])
