"""The functions as Moodle's WSDL describes them: a class for each structure that they take or give."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.moodle.sandbox.params import Many, Struct, Value
from connector.moodle.sandbox.soap_returns import RETURNS
from connector.moodle.sandbox.soap_types import Class, Operation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.moodle.sandbox.calls import Function
    from connector.moodle.sandbox.params import Spec
    from connector.moodle.sandbox.soap_types import Fields, Kind, Typed


def operations(functions: Mapping[str, Function]) -> tuple[dict[str, Operation], list[Class]]:
    """Return the functions in the order of the WSDL, and the classes in the order of their making."""
    made: list[Class] = []
    described: dict[str, Operation] = {}
    for name in sorted(functions):
        params = {key: _typed(_taken(spec), made) for key, spec in functions[name].params.keys.items()}
        returned = RETURNS[name]
        described[name] = Operation(params, None if returned is None else _typed(returned, made))
    return described, made


def _typed(kind: Kind | Fields, made: list[Class]) -> Typed:
    """Return a type, having made the classes that it needs: those inside before those outside."""
    if isinstance(kind, str):
        return kind
    fields = {key: _typed(inner, made) for key, inner in kind.items()}
    made.append(Class(f"webservices_struct_class_{len(made):06d}", fields))
    return made[-1]


def _taken(spec: Spec) -> Kind | Fields:
    """Return the type of a parameter: booleans are integers in a WSDL of Moodle's."""
    match spec:
        case Value(type="int" | "bool"):
            return "int"
        case Many():
            return "array"
        case Struct():
            return {key: _taken(inner) for key, inner in spec.keys.items()}
        case _:
            return "string"
