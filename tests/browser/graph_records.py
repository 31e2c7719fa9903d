"""Graph records (docs/data.md section 1) of made-up graphs, for tests of the drawing: no engine, any shape and size."""

from __future__ import annotations

from typing import Any

TABLES = ("types", "dtypes", "shapes", "makers", "devices")


class RecordMaker:
    """Collects operations and variables and gives the snapshot record of them."""

    def __init__(self) -> None:
        self.ops: list[dict[str, Any]] = []
        self.variables: list[dict[str, Any]] = []
        self.scopes: list[str] = [""]
        self.entries: list[dict[str, Any]] = []

    def op(
        self,
        name: str,
        type: str,
        inputs: list[int] | tuple[int, ...] = (),
        *,
        control: list[int] | tuple[int, ...] = (),
        maker: str = "user",
        owner: int = -1,
        shape: str = "[?,8]",
        dtype: str = "float32",
    ) -> int:
        """Adds an operation that reads the first outputs of `inputs`; returns its index."""
        flat = [number for source in inputs for number in (source, 0)]
        self.ops.append(
            {
                "name": name,
                "type": type,
                "inputs": flat,
                "control": list(control),
                "maker": maker,
                "owner": owner,
                "shape": shape,
                "dtype": dtype,
            }
        )
        return len(self.ops) - 1

    def variable(
        self, name: str, shape: str = "[8,8]", *, maker: str = "variable", trainable: bool = True, requests: int = 1
    ) -> int:
        """Adds a variable with its four operations; returns the operation that reads it."""
        index = len(self.variables)
        own: dict[str, Any] = {"maker": maker, "owner": index, "shape": shape}
        initial = self.op(f"{name}/Initializer/zeros", "Const", **own)
        storage = self.op(name, "VariableV2", **own)
        assign = self.op(f"{name}/Assign", "Assign", [storage, initial], **own)
        read = self.op(f"{name}/read", "Identity", [storage], **own)
        size = 1
        for part in shape.strip("[]").split(","):
            size *= int(part) if part else 1
        self.variables.append(
            {
                "name": name,
                "leaf": name.split("/")[-1],
                "scope": 0,
                "op": storage,
                "initializer": assign,
                "value": read,
                "initial": initial,
                "shape": shape,
                "dtype": "float32",
                "size": size,
                "trainable": trainable,
                "kind": "ref",
                "maker": maker,
                "slot_of": -1,
                "slot": "",
                "how": "get_variable",
                "starts_as": "zeros",
                "collections": [],
                "requests": list(range(requests)),
                "reads": [],
                "writes": [],
                "site": -1,
            }
        )
        return read

    def entered(self, scope: str, name_scope: str) -> None:
        """Notes that a variable scope was entered under a name scope."""
        if scope not in self.scopes:
            self.scopes.append(scope)
        number = len(self.entries) + 1
        self.entries.append(
            {
                "scope": self.scopes.index(scope),
                "number": number,
                "site": -1,
                "via": [],
                "name_scope": f"{name_scope}/",
                "given": scope,
                "reuse_given": "None",
                "mode": "make new",
                "mode_value": "False",
                "mode_from": {"how": "default", "entry": -1, "site": -1},
                "open": False,
                "parent": -1,
                "note": "",
                "defaults": [],
            }
        )

    def record(self, start: int = 0, version: int = 1) -> dict[str, Any]:
        """Returns the record: a snapshot, or with `start` the delta of the operations from there on."""
        tables: dict[str, list[str]] = {name: [] for name in TABLES}

        def number(table: str, value: str) -> int:
            if value not in tables[table]:
                tables[table].append(value)
            return tables[table].index(value)

        columns: dict[str, Any] = {
            name: [] for name in ("name", "type", "inputs", "control", "outputs", "maker", "owner", "site", "device")
        }
        rows = []
        for op in self.ops:
            outputs = [] if op["type"] == "NoOp" else [number("dtypes", op["dtype"]), number("shapes", op["shape"])]
            rows.append(
                (
                    op["name"],
                    number("types", op["type"]),
                    op["inputs"],
                    op["control"],
                    outputs,
                    number("makers", op["maker"]),
                    op["owner"],
                    -1,
                    number("devices", ""),
                )
            )
        for row in rows[start:]:
            for column, value in zip(columns, row, strict=True):
                columns[column].append(value)
        columns.update(at=start, amend=[], tables={"at": dict.fromkeys(TABLES, 0), **tables})
        scopes = [
            {"name": name, "leaf": name.split("/")[-1], "parent": 0 if name else -1, "entries": [], "variables": []}
            for name in self.scopes
        ]
        return {
            "format": "tfmini.graph/1",
            "graph": {"id": "g1", "label": "default graph", "is_default": True, "finalized": False, "seed": None},
            "from": version - 1,
            "to": version,
            "names": {},
            "ops": columns,
            **{
                name: {"length": len(items), "set": {str(k): item for k, item in enumerate(items)}}
                for name, items in {"variables": self.variables, "scopes": scopes, "entries": self.entries}.items()
            },
            **{
                name: {"length": 0, "set": {}}
                for name in ("requests", "collections", "sites", "cells", "sessions", "runs")
            },
            "open": {"scopes": [], "stopped": None},
            "last": {"text": "", "cell": -1},
        }


def regression() -> RecordMaker:
    """A plain `tf.Variable` program without any scope."""
    g = RecordMaker()
    x, y = g.op("x", "Placeholder", shape="[?,3]"), g.op("y", "Placeholder", shape="[?,1]")
    w, b = g.variable("W", "[3,1]"), g.variable("b", "[1]")
    error = g.op("sub", "Sub", [g.op("add", "AddV2", [g.op("MatMul", "MatMul", [x, w]), b]), y])
    axes = g.op("Const", "Const", shape="[2]", dtype="int32")
    g.op("loss", "Mean", [g.op("Square", "Square", [error]), axes], shape="[]")
    return g


def blocks(counts: tuple[int, ...] = (8, 2)) -> RecordMaker:
    """Residual stages with blocks of two units each, their gradients and their updates."""
    g = RecordMaker()
    h = g.op("x", "Placeholder")
    for stage, count in enumerate(counts):
        for block in range(count):
            for unit in range(2):
                scope = f"stage_{stage}/block_{block}/unit_{unit}"
                kernel, bias = g.variable(f"{scope}/kernel"), g.variable(f"{scope}/bias", "[8]")
                y = g.op(f"{scope}/MatMul", "MatMul", [h, kernel])
                y = g.op(f"{scope}/BiasAdd", "BiasAdd", [y, bias])
                h = g.op(f"{scope}/add", "AddV2", [h, g.op(f"{scope}/Relu", "Relu", [y])])
    loss = g.op("loss", "Mean", [g.op("Square", "Square", [h])], shape="[]")
    grad = g.op("gradients/loss_grad/truediv", "RealDiv", [loss], maker="gradient")
    updates = []
    for variable in list(g.variables):
        name = variable["name"]
        delta = g.op(f"gradients/{name}_grad/MatMul", "MatMul", [grad, h], maker="gradient")
        g.variable(f"{name}/Momentum", variable["shape"], maker="slot")
        update = g.op(
            f"Momentum/update_{name}/ApplyMomentum", "ApplyMomentum", [variable["op"], delta], maker="optimizer"
        )
        updates.append(update)
    g.op("Momentum", "NoOp", control=updates, maker="optimizer")
    g.op("init", "NoOp", control=[variable["initializer"] for variable in g.variables], maker="init")
    return g


def chain(length: int) -> RecordMaker:
    """One operation after another at the root."""
    g = RecordMaker()
    h = g.op("x", "Placeholder")
    for k in range(length):
        h = g.op(f"step_{k}", "Tanh" if k % 3 else "Relu", [h])
    return g


def crowd(count: int) -> RecordMaker:
    """One scope with many children."""
    g = RecordMaker()
    x = g.op("x", "Placeholder")
    g.op("AddN", "AddN", [g.op(f"many/Relu_{k}", "Relu", [x]) for k in range(count)])
    return g


def towers(count: int) -> RecordMaker:
    """One variable scope entered several times; the first tower has an operation more."""
    g = RecordMaker()
    x = g.op("x", "Placeholder")
    w, b = g.variable("net/w", requests=count), g.variable("net/b", "[8]", requests=count)
    ends = []
    for k in range(count):
        name = f"net_{k}" if k else "net"
        g.entered("net", name)
        h = g.op(f"{name}/BiasAdd", "BiasAdd", [g.op(f"{name}/MatMul", "MatMul", [x, w]), b])
        if k == 0:
            h = g.op(f"{name}/dropout", "Mul", [h, x])
        ends.append(g.op(f"{name}/Relu", "Relu", [h]))
    g.op("AddN", "AddN", ends)
    return g


def branches() -> RecordMaker:
    """Parallel branches that join, two heads, a label that two scopes read, a variable that nothing reads."""
    g = RecordMaker()
    x = g.op("images", "Placeholder", shape="[?,28,28,1]")
    outs = []
    for name in ("left", "right", "middle"):
        kernel = g.variable(f"inception/{name}/kernel", "[3,3,1,8]")
        conv = g.op(f"inception/{name}/Conv2D", "Conv2D", [x, kernel])
        outs.append(g.op(f"inception/{name}/Relu", "Relu", [conv]))
    axis = g.op("inception/concat/axis", "Const", shape="[]", dtype="int32")
    flat = g.op("Reshape", "Reshape", [g.op("inception/concat", "ConcatV2", [*outs, axis])])
    weight = g.variable("logits/a_very_long_weight_name_for_the_projection_layer_of_the_network", "[1024,10]")
    logits = g.op("logits/MatMul", "MatMul", [flat, weight])
    y = g.op("y", "Placeholder", shape="[?]", dtype="int64")
    loss = g.op("xent/SparseSoftmaxCrossEntropyWithLogits", "SparseSoftmaxCrossEntropyWithLogits", [logits, y])
    g.op("xent/Mean", "Mean", [loss])
    g.op("accuracy", "Mean", [g.op("Cast", "Cast", [g.op("Equal", "Equal", [g.op("ArgMax", "ArgMax", [logits]), y])])])
    g.variable("global_step", "[]", trainable=False)
    return g


def hub(readers: int = 20) -> RecordMaker:
    """One variable and one placeholder that many operations read."""
    g = RecordMaker()
    x = g.op("x", "Placeholder")
    w = g.variable("shared")
    outs = [g.op(f"Sigmoid_{k}", "Sigmoid", [g.op(f"MatMul_{k}", "MatMul", [x, w])]) for k in range(readers)]
    g.op("AddN", "AddN", outs)
    return g


def parts() -> RecordMaker:
    """Pieces that do not hang together, with control edges."""
    g = RecordMaker()
    for k in range(7):
        g.op(f"part_{k}/Tanh", "Tanh", [g.op(f"a{k}", "Placeholder")])
    for k in range(30):
        g.op(f"c/Const_{k}", "Const", shape="[3]")
    g.op("group_deps", "NoOp", control=[g.op(f"step_{k}", "NoOp") for k in range(3)])
    return g


def nested(depth: int = 12) -> RecordMaker:
    """Scopes within scopes, each with a variable."""
    g = RecordMaker()
    h = g.op("x", "Placeholder")
    scope = ""
    for k in range(depth):
        scope += f"level_{k}/"
        h = g.op(f"{scope}MatMul", "MatMul", [h, g.variable(f"{scope}w")])
    g.op("out", "Identity", [h])
    return g


def hostile() -> RecordMaker:
    """Names with markup, very long names, names in other scripts."""
    g = RecordMaker()
    x = g.op("<img src=x onerror=alert(1)>", "Placeholder")
    scope = "scope_with_an_extremely_long_name_that_goes_on_and_on_and_on_for_ever/"
    y = g.op(f"{scope * 6}MatMul", "MatMul", [x, x])
    name = f"{scope}an_even_longer_operation_name_which_nobody_would_ever_write_by_hand_but_generators_do"
    z = g.op(name, "SomeExtremelyLongOperationTypeNameFromACustomLibraryV2", [y], shape="[?,?,?,?,128,1024,65536]")
    g.op("ok", "NoOp", control=[z])
    g.op("日本語/層", "Relu", [x])
    return g


GRAPHS = {
    "empty": RecordMaker,
    "regression": regression,
    "blocks": blocks,
    "chain": lambda: chain(40),
    "crowd": lambda: crowd(1000),
    "two towers": lambda: towers(2),
    "three towers": lambda: towers(3),
    "branches": branches,
    "hub": hub,
    "parts": parts,
    "nested": nested,
    "hostile": hostile,
}
