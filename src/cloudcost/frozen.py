"""`dataclass` for frozen, slotted values, made in a third of the time: what a command does first is to make a hundred.

To type checkers it is the standard library's. To programs too: fields, signature, equality, hash, text, `replace`,
copies and pickles are those of ``dataclasses.dataclass(frozen=True, slots=True)``, which the tests hold it to. The
standard library compiles six functions for each class, four of which are the same for all but the names of the fields;
here one is compiled, the constructor, and the others are written once. What is not written as the house writes its
values (see `_is_plain`) is left to the standard library.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False  # as in `cloudcost`
if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:
    import dataclasses
    from operator import attrgetter

    class _Factory:
        """Stands in a signature for what is made anew for each value."""

        def __repr__(self):
            return "<factory>"

    _FACTORY = _Factory()
    _OWN = ("__init__", "__repr__", "__eq__", "__hash__", "__setattr__", "__delattr__", "__getstate__", "__setstate__")
    """Methods that are made here; a class that has one of its own, a text aside, is left to the standard library."""

    def dataclass(*, frozen=False, slots=False, kw_only=False, eq=True, order=False):
        """Return a decorator as the standard library's of the same name."""
        whole = dataclasses.dataclass(frozen=frozen, slots=slots, kw_only=kw_only, eq=eq, order=order)
        if not (frozen and slots and eq) or order:
            return whole
        bare = dataclasses.dataclass(init=False, repr=False, eq=False, slots=True, kw_only=kw_only)
        return lambda cls: _finished(bare(cls)) if _is_plain(cls) else whole(cls)

    def _is_plain(cls):
        """Return whether a class inherits nothing, has no method of `_OWN` but a text, fields that are arguments."""
        return (
            cls.__bases__ == (object,)
            and type(cls) is type
            and not any(name in cls.__dict__ for name in _OWN if name != "__repr__")
            and not any("ClassVar" in kind or "InitVar" in kind for kind in map(str, cls.__annotations__.values()))
            and not any(
                isinstance(value := cls.__dict__.get(name), dataclasses.Field)
                and not (value.init and value.hash is None and value.kw_only is dataclasses.MISSING)
                for name in cls.__annotations__
            )
        )

    def _finished(cls):
        """Return a class that has its fields and slots with the methods of a frozen one."""
        own = dataclasses.fields(cls)
        names = tuple(field.name for field in own)
        shown = tuple(field.name for field in own if field.repr)
        told = _getter([field.name for field in own if field.compare])
        state = _getter(names)

        def text(self):
            parts = ", ".join([f"{name}={getattr(self, name)!r}" for name in shown])
            return f"{type(self).__qualname__}({parts})"

        def equal(self, other):
            return told(self) == told(other) if other.__class__ is self.__class__ else NotImplemented

        def hashed(self):
            return hash(told(self))

        def refuse(self, name, value):
            if type(self) is cls or name in names:
                raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")
            super(cls, self).__setattr__(name, value)

        def refuse_to_delete(self, name):
            if type(self) is cls or name in names:
                raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")
            super(cls, self).__delattr__(name)

        def packed(self):
            return list(state(self))

        def unpack(self, values):
            for name, value in zip(names, values, strict=True):
                object.__setattr__(self, name, value)

        methods = (_constructor(cls, own), text, equal, hashed, refuse, refuse_to_delete, packed, unpack)
        for name, method in zip(_OWN, methods, strict=True):
            if name in cls.__dict__:  # a text of its own
                continue
            method.__name__, method.__qualname__ = name, f"{cls.__qualname__}.{name}"
            setattr(cls, name, method)
        made = cls.__dataclass_params__
        made.init = made.repr = made.eq = made.frozen = True
        return cls

    def _getter(names):
        """Return a function that gives the values of attributes as a tuple, however many there are."""
        if len(names) > 1:
            return attrgetter(*names)
        return (lambda self: (getattr(self, names[0]),)) if names else (lambda _: ())

    def _constructor(cls, own):
        """Return ``__init__``: it fills the slots themselves, past `__setattr__`, which refuses."""
        known = {"_FACTORY": _FACTORY}
        arguments, body = ["self"], []
        if own and own[0].kw_only:
            arguments.append("*")
        for field in own:
            name = field.name
            known[f"_set_{name}"] = cls.__dict__[name].__set__
            value = name
            if field.default_factory is not dataclasses.MISSING:
                known[f"_make_{name}"] = field.default_factory
                arguments.append(f"{name}=_FACTORY")
                value = f"_make_{name}() if {name} is _FACTORY else {name}"
            elif field.default is not dataclasses.MISSING:
                known[f"_default_{name}"] = field.default
                arguments.append(f"{name}=_default_{name}")
            else:
                arguments.append(name)
            body.append(f"  _set_{name}(self, {value})")
        if hasattr(cls, "__post_init__"):
            body.append("  self.__post_init__()")
        text = (
            f"def make({', '.join(known)}):\n def __init__({', '.join(arguments)}):\n"
            + "\n".join(body or ["  pass"])
            + "\n return __init__"
        )
        found = {}
        exec(text, sys.modules[cls.__module__].__dict__, found)
        method = found["make"](**known)
        method.__annotations__ = {field.name: field.type for field in own} | {"return": None}
        return method
