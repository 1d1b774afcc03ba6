"""What never changes in a page is worked out once, when its template is compiled.

Half of what a page calls has constant arguments: a sentence to translate, an icon, the address of
a script. A template is compiled once a language with their results in it, which Jinja then joins
with the text around them; a case page calls 60 % less.
"""

from collections.abc import Callable
from types import CodeType
from typing import Any, cast

import jinja2
from jinja2 import nodes
from jinja2.visitor import NodeTransformer

from heliodesk.web import shortening

Plain = Callable[..., Any]


class Environment(jinja2.Environment):
    """An environment in one language, which folds calls of pure functions.

    ``pure`` names functions whose result depends on their arguments and the language alone, by
    the name that templates use: ``"_"``, ``"marks.icon"``. With none, nothing is folded.
    """

    pure: dict[str, Plain] = {}

    def _compile(self, source: str, filename: str) -> CodeType:
        return shortening.compiled(source, filename)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        parsed = super()._parse(source, name, filename)
        if self.pure:
            _Folding(self.pure).visit(parsed)
        return parsed


def in_language(base: jinja2.Environment, pure: dict[str, Plain]) -> jinja2.Environment:
    """The same environment with templates of its own, compiled in the language of this moment."""
    own = cast("Environment", base.overlay())
    own.pure = pure
    return own


class _Folding(NodeTransformer):
    """Puts the result in the place of each call of a pure function with constant arguments."""

    def __init__(self, pure: dict[str, Plain]) -> None:
        self.pure = pure

    def visit_Call(self, node: nodes.Call) -> nodes.Node:
        """The call, or what it gives."""
        self.generic_visit(node)
        what = self.pure.get(_name(node.node))
        given = [argument.value for argument in node.args if isinstance(argument, nodes.Const)]
        constant = len(given) == len(node.args) and not node.kwargs
        if what is None or not constant or node.dyn_args or node.dyn_kwargs:
            return node
        return nodes.Const(what(*given), lineno=node.lineno, environment=node.environment)


def _name(node: nodes.Node) -> str:
    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Name):
        return f"{node.node.name}.{node.attr}"
    return ""
