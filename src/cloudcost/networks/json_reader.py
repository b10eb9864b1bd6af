"""From JSON values to a `Network`, step by step; every fault is collected with its place.

Place first (``file:ops[12].output``), then what is wrong. An operation with a fault of its own is left out of the
checks between operations, so that one mistake is told once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from difflib import get_close_matches
from itertools import islice

from cloudcost.domain.network import Network, Op, Shape
from cloudcost.errors import MOST_LISTED, NetworkError
from cloudcost.files.documents import JsonObject, JsonValue
from cloudcost.networks.checks import most_that_sharing_saves, op_faults
from cloudcost.networks.json_attributes import AttributeReader
from cloudcost.networks.json_values import Refused, shown
from cloudcost.networks.kinds.table import KINDS
from cloudcost.networks.shapes import elements, text

_MOST_OPS = 100_000
_NEAR = 1000
"""Operations before a faulty one among which its misspelt source is looked for. [count]"""
_KEYS = ("schema", "name", "input", "more_inputs", "parameters", "share", "ops")
_OP_KEYS = (
    "kind", "name", "from", "inputs", "output", "kernel", "stride", "padding", "dilation", "groups", "bias",
    "parameters", "l2", "trained", "no_grad", "eval_mode", "checkpoint", "function", "axes", "calls", "mask",
)  # fmt: skip


class NetworkReader(AttributeReader):
    """Reads one document.

    Parameters
    ----------
    where : str
        What messages call the document.
    schema : str
        The only schema that is read.
    bare : bool
        Whether a CNN without operations is one, too: of some only name, input and parameters are known.
    """

    def __init__(self, where: str, schema: str, *, bare: bool = False) -> None:
        super().__init__(where)
        self._schema = schema
        self._bare = bare

    def read(self, document: JsonValue) -> Network:
        """Return the network.

        Raises
        ------
        NetworkError
            With every fault of the document.
        """
        try:
            network = self._network(document)
        except Refused:
            network = None
        if self._faults or network is None:
            raise NetworkError(*self._faults, more=self._more)
        return network

    # ---- the document -----------------------------------------------------------------------------------------

    def _network(self, document: JsonValue) -> Network:
        if not isinstance(document, dict):
            raise self._refused("", f"a network is a JSON object with name, input and ops, not {shown(document)}")
        self._known_keys(document, _KEYS, "")
        schema = document.get("schema", self._schema)
        if schema != self._schema:
            raise self._refused("schema", f"{shown(schema)} is not read here, write {self._schema!r}")
        name = document.get("name", "network")
        if not isinstance(name, str) or not name:
            self._note("name", f"a name is text, not {shown(name)}")
            name = "network"
        images = (self._image(document), *self._shapes(document, "more_inputs"))
        entries = document.get("ops")
        if self._bare and not entries:
            parameters = self._integer(self._needed(document, "parameters", ""), "parameters", least=0)
            return Network(name=name, input=images[0], ops=(), parameters=parameters, more_inputs=images[1:])
        if not isinstance(entries, list) or not entries or len(entries) > _MOST_OPS:
            raise self._refused("ops", f"a list of 1 to {_MOST_OPS:,} operations is needed, not {shown(entries)}")
        names = self._names(entries)
        ops: list[Op | None] = []
        written: dict[str, Op | None] = {}
        sizes = {elements(image) for image in images}
        for index, entry in enumerate(entries):
            op = self._op_or_none(entry, f"ops[{index}]", names[index], images, written, sizes)
            written[names[index]] = op
            ops.append(op)
        complete = tuple(op for op in ops if op is not None)
        if len(complete) < len(ops):
            raise Refused
        return Network(
            name=name, input=images[0], ops=complete, parameters=self._total(document, complete),
            more_inputs=images[1:], share=self._share(document),
        )  # fmt: skip

    def _share(self, document: JsonObject) -> float:
        share = document.get("share", 1.0)
        if isinstance(share, bool) or not isinstance(share, int | float) or not 0 < share <= 1:
            self._note(
                "share", f"a number above 0 and up to 1, not {shown(share)}, leave it out where nothing is skipped"
            )
            return 1.0
        return float(share)

    def _image(self, document: JsonObject) -> Shape:
        if "input" not in document:
            raise self._refused("input", "missing, write the shape of one image as [channels, height, width]")
        shape = self._shape(document["input"], "input")
        if len(shape) > 4:
            raise self._refused("input", f"an image is [channels, height, width], not {list(shape)}")
        return shape

    def _names(self, entries: list[JsonValue]) -> list[str]:
        """Return one name per operation: the stated one, or a new one where none is stated or it is taken."""
        stated = [entry.get("name") if isinstance(entry, dict) else None for entry in entries]
        read = {
            source
            for entry in entries
            if isinstance(entry, dict) and isinstance(sources := entry.get("from"), list)
            for source in sources
            if isinstance(source, str)
        }
        twice = {name for name, count in Counter(name for name in stated if isinstance(name, str)).items() if count > 1}
        names: list[str] = []
        taken = {name for name in stated if isinstance(name, str)}
        for index, name in enumerate(stated):
            if name is not None and (not isinstance(name, str) or not name):
                self._note(f"ops[{index}].name", f"a name is text, not {shown(name)}")
            elif name in twice and name in read:
                self._note(
                    f"ops[{index}].name", f"several operations are called {name!r} and some read it, rename them"
                )
            if isinstance(name, str) and name and name not in twice:
                names.append(name)
                continue
            unique = f"{name if isinstance(name, str) and name else 'op'}#{index}"
            while unique in taken:
                unique += "#"
            taken.add(unique)
            names.append(unique)
        return names

    def _total(self, document: JsonObject, ops: tuple[Op, ...]) -> int:
        trained = tuple(op for op in ops if op.trained and not op.no_grad)
        summed = sum(op.parameters for op in trained)
        if "parameters" not in document:
            return summed
        total = self._integer(document["parameters"], "parameters", least=0)
        if total > summed:
            raise self._refused("parameters", f"{total:,} are stated, the operations train {summed:,} together")
        if summed - total > most_that_sharing_saves(trained):
            raise self._refused(
                "parameters",
                f"{total:,} are stated, the operations train {summed:,} together and cannot share so many",
            )
        return total

    # ---- one operation ----------------------------------------------------------------------------------------

    def _op_or_none(
        self,
        entry: JsonValue,
        place: str,
        name: str,
        images: tuple[Shape, ...],
        written: Mapping[str, Op | None],
        sizes: set[int],
    ) -> Op | None:
        try:
            if not isinstance(entry, dict):
                raise self._refused(place, f"an operation is a JSON object, not {shown(entry)}")
            self._known_keys(entry, _OP_KEYS, place)
            kind = self._kind(entry, place)
            sources = self._sources(entry, place, written)
            inputs = self._inputs(entry, place, sources, images, written)
            output = self._shape(self._needed(entry, "output", place), f"{place}.output")
            op = self._with_attributes(
                Op(kind=kind, name=name, sources=sources, inputs=inputs, output=output), entry, place
            )
        except Refused:
            if isinstance(entry, dict):
                self._remember(entry.get("output"), sizes)
            return None
        joined = self._joined(op, place, images, written, sizes)
        sizes.add(elements(op.output))
        if not joined:
            return None
        faults = op_faults(op)
        for key, message in faults:
            self._note(f"{place}.{key}", message)
        return None if faults else op

    def _kind(self, entry: JsonObject, place: str) -> str:
        kind = self._needed(entry, "kind", place)
        if isinstance(kind, str) and kind in KINDS:
            return kind
        near = get_close_matches(kind, KINDS, 1) if isinstance(kind, str) else []
        hint = f"did you mean {near[0]}? " if near else ""
        raise self._refused(f"{place}.kind", f"unknown kind {shown(kind)}, {hint}known are {', '.join(KINDS)}")

    def _sources(self, entry: JsonObject, place: str, written: Mapping[str, Op | None]) -> tuple[str, ...]:
        value = entry.get("from")
        if value is None:
            return ()
        if isinstance(value, str):
            value = [value]
        if not isinstance(value, list):
            raise self._refused(f"{place}.from", f"a list of names is needed, not {shown(value)}")
        sources = []
        for source in value:
            if not isinstance(source, str):
                raise self._refused(f"{place}.from", f"a list of names is needed, not {shown(value)}")
            if source not in written:
                if source and not source.startswith("input"):
                    near = self._near(source, written)
                    hint = f", did you mean {near[0]}?" if near else ""
                    raise self._refused(f"{place}.from", f"no earlier operation is called {source!r}{hint}")
                source = ""
            sources.append(source)
        return tuple(sources)

    def _near(self, source: str, written: Mapping[str, Op | None]) -> list[str]:
        """Return the last earlier name like a source's; none where the fault is only counted, since looking is slow."""
        if len(self._faults) >= MOST_LISTED:
            return []
        return get_close_matches(source[:60], [name[:60] for name in islice(reversed([*written]), _NEAR)], 1)

    def _inputs(
        self,
        entry: JsonObject,
        place: str,
        sources: tuple[str, ...],
        images: tuple[Shape, ...],
        written: Mapping[str, Op | None],
    ) -> tuple[Shape, ...]:
        value = entry.get("inputs")
        if value is None and sources:
            producers = [written[source] if source else None for source in sources]
            if any(source and producer is None for source, producer in zip(sources, producers, strict=True)):
                raise Refused  # the producer's own fault has been noted
            return tuple(images[0] if producer is None else producer.output for producer in producers)
        if not isinstance(value, list) or not value:
            raise self._refused(
                f"{place}.inputs", f"a list of shapes such as [[64, 56, 56]] is needed, not {shown(value)}"
            )
        return tuple(self._shape(shape, f"{place}.inputs[{index}]") for index, shape in enumerate(value))

    # ---- between operations -----------------------------------------------------------------------------------

    def _joined(
        self,
        op: Op,
        place: str,
        images: tuple[Shape, ...],
        written: Mapping[str, Op | None],
        sizes: set[int],
    ) -> bool:
        """Return whether what `op` reads is what was written before; note it where not."""
        if not op.sources:
            for index, shape in enumerate(op.inputs):
                if elements(shape) not in sizes:
                    self._note(f"{place}.inputs[{index}]", f"nothing before writes {text(shape)}")
                    return False
            return True
        if len(op.sources) != len(op.inputs):
            self._note(f"{place}.from", f"{len(op.sources)} names, but {len(op.inputs)} shapes in inputs")
            return False
        for index, (source, shape) in enumerate(zip(op.sources, op.inputs, strict=True)):
            producer = written[source] if source else None
            if source and producer is None:
                continue  # it has a fault of its own
            output = producer.output if producer is not None else shape if shape in images else images[0]
            flattened = 1 in (len(output), len(shape)) and elements(output) == elements(shape)
            if output != shape and not flattened:
                self._note(
                    f"{place}.inputs[{index}]",
                    f"{op.kind} {op.name!r} reads {text(shape)}, but {source or 'input'!r} is {text(output)}",
                )
                return False
        return True

    def _remember(self, output: JsonValue, sizes: set[int]) -> None:
        """Let later operations read what a faulty one writes, so that its fault is told once."""
        if isinstance(output, list) and output and all(isinstance(size, int) for size in output):
            sizes.add(elements(tuple(size for size in output if isinstance(size, int))))
