"""What goes in and out: classes that are read from JSON, written as JSON, and described for both.

A field is annotated with ``Said``: what it is, and what it may hold.
"""

import types
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import date, datetime
from typing import (
    Annotated,
    Any,
    TypeVar,
    Union,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)

from heliodesk.api.problems import Problem
from heliodesk.kernel.text import storable

_T = TypeVar("_T")
_NAMES: Mapping[object, str] = {str: "text", int: "a number", bool: "true or false", date: "a day"}
#: No id of a record is higher.
_HIGHEST = 2**63 - 1


@dataclass(frozen=True)
class Said:
    """What a field is, and what it may hold."""

    about: str
    #: Characters of a text, entries of a list.
    most: int | None = None
    least: int | None = None
    one_of: tuple[str, ...] = ()
    example: object = None


def read(shape: type[_T], given: object) -> _T:
    """The JSON as this class.

    Raises:
        Problem: 422, with every field that is missing, unknown or wrong.
    """
    errors: list[tuple[str, str]] = []
    made = _object(shape, given, "", errors)
    if errors:
        raise Problem(422, "Correct these fields and send it again.", errors=errors)
    return cast("_T", made)


def _object(shape: Any, given: object, at: str, errors: list[tuple[str, str]]) -> Any:
    if not isinstance(given, dict):
        errors.append((at or "(body)", "This must be an object with fields."))
        return None
    hints = get_type_hints(shape, include_extras=True)
    known = {field.name: field for field in fields(shape)}
    errors += [(_path(at, name), "There is no such field.") for name in given if name not in known]
    values: dict[str, Any] = {}
    for name, field in known.items():
        if name in given:
            values[name] = _value(hints[name], given[name], _path(at, name), errors)
        elif field.default is MISSING and field.default_factory is MISSING:
            errors.append((_path(at, name), "This field is needed."))
    return None if errors else shape(**values)


def _path(at: str, name: str) -> str:
    return f"{at}.{name}" if at else str(name)


def _value(hint: Any, given: object, at: str, errors: list[tuple[str, str]]) -> Any:
    """One value, checked; what is wrong with it is added to ``errors``."""
    kind, said, optional = taken_apart(hint)
    if given is None and optional:
        return None
    if is_dataclass(kind):
        return _object(kind, given, at, errors)
    if get_origin(kind) in (list, tuple):
        return _list(get_args(kind)[0], said, given, at, errors)
    if get_origin(kind) is dict:
        return _mapping(get_args(kind)[1], said, given, at, errors)
    if kind is date:
        return _date(given, at, errors)
    wrong = not isinstance(given, kind) or (kind is int and isinstance(given, bool))
    if wrong:
        errors.append((at, f"This must be {_NAMES.get(kind, kind.__name__)}."))
        return None
    trouble = _trouble(given, said)
    if trouble:
        errors.append((at, trouble))
    return storable(given) if isinstance(given, str) else given


def _trouble(given: Any, said: Said) -> str:
    if isinstance(given, str):
        if said.one_of and given not in said.one_of:
            return f"Choose from {', '.join(said.one_of)}."
        if said.most and len(given) > said.most:
            return f"This has {len(given):,} characters; {said.most:,} fit."
        if said.least and len(given.strip()) < said.least:
            return "This must not be empty."
    elif isinstance(given, int) and not isinstance(given, bool):
        low, high = said.least or 0, said.most or _HIGHEST
        if not low <= given <= high:
            return f"This must be from {low:,} to {high:,}."
    return ""


def _list(
    hint: Any, said: Said, given: object, at: str, errors: list[tuple[str, str]]
) -> tuple[Any, ...]:
    if not isinstance(given, list):
        errors.append((at, "This must be a list."))
        return ()
    if said.most and len(given) > said.most:
        errors.append((at, f"This has {len(given)} entries; {said.most} fit."))
        return ()
    return tuple(_value(hint, each, f"{at}[{n}]", errors) for n, each in enumerate(given))


def _mapping(
    hint: Any, said: Said, given: object, at: str, errors: list[tuple[str, str]]
) -> dict[str, Any]:
    if not isinstance(given, dict):
        errors.append((at, "This must be an object."))
        return {}
    if said.most and len(given) > said.most:
        errors.append((at, f"This has {len(given)} entries; {said.most} fit."))
        return {}
    return {
        storable(name): _value(hint, each, _path(at, name), errors) for name, each in given.items()
    }


def _date(given: object, at: str, errors: list[tuple[str, str]]) -> date | None:
    try:
        return date.fromisoformat(str(given))
    except ValueError:
        errors.append((at, "This must be a day, such as 2026-03-01."))
        return None


def taken_apart(hint: Any) -> tuple[Any, Said, bool]:
    """The plain type of a hint, what is said of it, and whether it may be none."""
    said = Said("")
    if get_origin(hint) is Annotated:
        hint, *notes = get_args(hint)
        said = next((note for note in notes if isinstance(note, Said)), said)
    if get_origin(hint) in (Union, types.UnionType):
        kinds = [each for each in get_args(hint) if each is not type(None)]
        return kinds[0], said, True
    return hint, said, False


def written(value: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: written(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(name): written(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [written(each) for each in value]
    return value


def described(hint: Any, kept: dict[str, Any]) -> dict[str, Any]:
    """The JSON schema of a type; classes are described once, in ``kept``, and pointed to."""
    kind, said, optional = taken_apart(hint)
    schema = _schema(kind, said, kept)
    if optional:
        schema = (
            {"anyOf": [schema, {"type": "null"}]}
            if "$ref" in schema
            else {**schema, "type": [schema["type"], "null"]}
        )
    if said.about:
        schema["description"] = said.about
    if said.example is not None:
        schema["examples"] = [said.example]
    return schema


_PLAIN: Mapping[Any, dict[str, str]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    datetime: {"type": "string", "format": "date-time"},
    date: {"type": "string", "format": "date"},
}


def _schema(kind: Any, said: Said, kept: dict[str, Any]) -> dict[str, Any]:
    if kind in _PLAIN:
        schema: dict[str, Any] = dict(_PLAIN[kind])
        if said.one_of:
            schema["enum"] = list(said.one_of)
        if kind is str and said.most:
            schema["maxLength"] = said.most
        if kind is str and said.least:
            schema["minLength"] = said.least
        return schema
    if get_origin(kind) in (list, tuple):
        schema = {"type": "array", "items": described(get_args(kind)[0], kept)}
        return schema | ({"maxItems": said.most} if said.most else {})
    if get_origin(kind) is dict:
        return {"type": "object", "additionalProperties": described(get_args(kind)[1], kept)}
    if kind.__name__ not in kept:
        kept[kind.__name__] = {}  # it may point to itself
        kept[kind.__name__] = _class(kind, kept)
    return {"$ref": f"#/components/schemas/{kind.__name__}"}


def _class(kind: Any, kept: dict[str, Any]) -> dict[str, Any]:
    hints = get_type_hints(kind, include_extras=True)
    needed = [
        field.name
        for field in fields(kind)
        if field.default is MISSING and field.default_factory is MISSING
    ]
    return {
        "type": "object",
        "description": " ".join((kind.__doc__ or "").split()),
        "properties": {field.name: described(hints[field.name], kept) for field in fields(kind)},
        **({"required": needed} if needed else {}),
    }
