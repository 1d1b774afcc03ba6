"""Change single values in a pack's text and leave every other character as it is."""

import json
from collections.abc import Mapping, Sequence

import yaml

from heliodesk.entitlements.pack.nodes import PackError

Value = bool | int | str | Sequence[str]
Cell = tuple[str, str]


class NotThere(KeyError):
    """The pack has no such cell or setting."""

    def __str__(self) -> str:
        return str(self.args[0])


def decide_cells(source: str, values: Mapping[Cell, Value], decided: str) -> str:
    """The text with these cells set, tagged as from another source.

    Args:
        values: by (code of the offering, code of the package).
        decided: who decided and when; kept as the cell's source unless it quotes one already.

    Raises:
        NotThere: the text has no such cell.
    """
    root, edits = _root(source), []
    for (offering, package), value in values.items():
        cell = _cell(root, offering, package)
        edits.append((_child(cell, "value"), _written(value)))
        tag = _written("X")
        if _find(cell, "source") is None:
            tag += f", source: {_written(decided)}"
        if not cell.flow_style:
            raise NotThere(f"the cell {offering} of {package} is not written on one line")
        edits.append((_child(cell, "tag"), tag))
    return _replaced(source, edits)


def set_settings(source: str, values: Mapping[str, Value]) -> str:
    """The text with these settings at other values.

    Raises:
        NotThere: the text has no such setting.
    """
    root = _root(source)
    rows = {_text(_child(row, "key")): row for row in _child(root, "settings").value}
    edits = []
    for key, value in values.items():
        if key not in rows:
            raise NotThere(f"setting {key!r} is not known")
        edits.append((_child(rows[key], "default"), _written(value)))
    return _replaced(source, edits)


def _root(source: str) -> yaml.MappingNode:
    """The tree with places in characters: the C parser counts bytes."""
    root = yaml.compose(source, Loader=yaml.SafeLoader)
    if not isinstance(root, yaml.MappingNode):
        raise PackError([])
    return root


def _cell(root: yaml.MappingNode, offering: str, package: str) -> yaml.MappingNode:
    for family in _child(root, "families").value:
        for row in _child(family, "offerings").value:
            if _text(_child(row, "code")) != offering:
                continue
            cell = _find(_child(row, "cells"), package)
            if isinstance(cell, yaml.MappingNode):
                return cell
    raise NotThere(f"there is no cell {offering} of {package}")


def _child(node: yaml.Node, key: str) -> yaml.Node:
    found = _find(node, key)
    if found is None:
        raise NotThere(f"{key} is missing")
    return found


def _find(node: yaml.Node, key: str) -> yaml.Node | None:
    if not isinstance(node, yaml.MappingNode):
        raise NotThere(f"{key} is missing")
    return next((value for name, value in node.value if name.value == key), None)


def _text(node: yaml.Node) -> str:
    return str(node.value)


def _written(value: Value) -> str:
    """A value as YAML on one line; JSON is YAML."""
    plain = list(value) if isinstance(value, tuple) else value
    return json.dumps(plain, ensure_ascii=False)


def _replaced(source: str, edits: Sequence[tuple[yaml.Node, str]]) -> str:
    for node, text in sorted(edits, key=lambda edit: -edit[0].start_mark.index):
        source = source[: node.start_mark.index] + text + source[node.end_mark.index :]
    return source
