"""Variables that are cut into parts: the object that joins the parts, and how the store finds or makes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from ..framework import contexts
from ..framework.convert import convert_to_tensor, register_tensor_conversion_function
from ..framework.registry import raw
from ..framework.shapes import TensorShape
from ..framework.tensor import Tensor
from ..ops import joining, slicing, splitting
from .partitioners import sizes_of
from .refusals import refuse
from .slices import SaveSliceInfo

__all__ = ["PartitionedVariable"]


class PartitionInfo(NamedTuple):
    """What an initializer is told about the part that it makes."""

    full_shape: list[int]
    var_offset: list[int]


class PartitionedVariable:
    """A variable that is kept in several parts along one axis. As a tensor it is the parts joined.

    Raises:
      TypeError, ValueError: the parts do not make up the whole.
    """

    def __init__(self, name: str, shape: Any, dtype: Any, variable_list: Any, partitions: Any) -> None:
        if not isinstance(variable_list, (list, tuple)):
            raise TypeError(f"variable_list is not a list or tuple: {variable_list}")
        if not isinstance(partitions, (list, tuple)):
            raise TypeError(f"partitions is not a list or tuple: {partitions}")
        if not all(count >= 1 for count in partitions):
            raise ValueError(f"partition values must be positive: {partitions}")
        if not variable_list:
            raise ValueError("variable_list may not be empty")
        if any(each._get_save_slice_info() is None for each in variable_list):
            raise ValueError(
                f"All variables must have a save_slice_info available: {[each.name for each in variable_list]}"
            )
        if len(shape) != len(partitions):
            raise ValueError(f"len(shape) != len(partitions): {shape} vs. {partitions}")
        for each in variable_list:
            whole = each._get_save_slice_info().full_shape
            if whole != (shape.as_list() if isinstance(shape, TensorShape) else list(shape)):
                raise ValueError(
                    f"All variables' full shapes must match shape: {shape}; but full shapes were: {[whole]!s}"
                )
        self._variable_list = sorted(variable_list, key=lambda each: each._get_save_slice_info().var_offset)
        self._name = name
        self._shape = TensorShape(shape)
        self._dtype = dtype
        self._partitions = partitions

    def __iter__(self) -> Iterator[Any]:
        return iter(self._variable_list)

    def __len__(self) -> int:
        self._axis()  # refuses what is cut along several axes
        return len(self._variable_list)

    def _axis(self) -> int:
        """Returns the axis that is cut; 0 when none is."""
        cut = [axis for axis, count in enumerate(self._partitions) if count > 1]
        if len(cut) > 1:
            raise ValueError(f"Cannot get a length for {len(cut)} > 1 partition axes")
        return cut[0] if cut else 0

    def as_tensor(self) -> Tensor:
        """Returns the parts joined."""
        graph = contexts.default_graph()
        with graph.control_dependencies(None):
            if len(self._variable_list) == 1:
                with graph.name_scope(None):
                    return raw.Identity(self._variable_list[0], name=self._name)
            with graph.name_scope(f"{self._name}/ConcatPartitions/"):
                whole = joining.concat(self._variable_list, self._axis())
            with graph.name_scope(None):
                return raw.Identity(whole, name=self._name)

    @property
    def name(self) -> str:
        """The name of the whole."""
        return self._name

    @property
    def dtype(self) -> Any:
        """The type of the elements."""
        return self._dtype

    @property
    def shape(self) -> TensorShape:
        """The shape of the whole."""
        return self._shape

    def get_shape(self) -> TensorShape:
        """Returns the shape of the whole."""
        return self._shape

    def _get_variable_list(self) -> list[Any]:
        return self._variable_list

    def _get_partitions(self) -> Any:
        return self._partitions

    def _each(self, change: Callable[[Any, Any], Any], value: Any) -> list[Any]:
        """Changes each part by its part of `value`: a list, another partitioned variable, or a tensor that is cut."""
        if isinstance(value, list):
            assert len(value) == len(self._variable_list)
            values = value
        elif isinstance(value, PartitionedVariable):
            values = list(value)
        else:
            axis = self._axis()
            sizes = [each.shape.as_list()[axis] for each in self._variable_list]
            values = splitting.split(value, sizes, axis=axis)
        return [change(part, values[index]) for index, part in enumerate(self._variable_list)]

    def assign(
        self, value: Any, use_locking: bool = False, name: str | None = None, read_value: bool = True
    ) -> list[Any]:
        """Gives every part its part of `value`; returns a list, one item a part."""
        return self._each(lambda part, item: part.assign(item, use_locking, name, read_value), value)

    def assign_add(
        self, value: Any, use_locking: bool = False, name: str | None = None, read_value: bool = True
    ) -> list[Any]:
        """Adds to every part its part of `value`; returns a list, one item a part."""
        return self._each(lambda part, item: part.assign_add(item, use_locking, name, read_value), value)

    def assign_sub(
        self, value: Any, use_locking: bool = False, name: str | None = None, read_value: bool = True
    ) -> list[Any]:
        """Subtracts from every part its part of `value`; returns a list, one item a part."""
        return self._each(lambda part, item: part.assign_sub(item, use_locking, name, read_value), value)


def _to_tensor(
    variable: PartitionedVariable, dtype: Any = None, name: str | None = None, as_ref: bool = False
) -> Tensor:
    if dtype is not None and not dtype.is_compatible_with(variable.dtype):
        raise ValueError(
            f"Incompatible type conversion requested to type '{dtype.name}' for variable of type '{variable.dtype.name}'"
        )
    if as_ref:
        raise NotImplementedError("PartitionedVariable doesn't support being used as a reference.")
    return variable.as_tensor()


register_tensor_conversion_function(PartitionedVariable, _to_tensor)


# ---- the store's half


def get_partitioned(store: Any, name: str, partitioner: Any, arguments: dict[str, Any]) -> PartitionedVariable:
    """Returns the partitioned variable of this name, found or made, as `arguments["reuse"]` allows.

    Raises:
      ValueError: it is not allowed, the arguments do not fit, or the partitioner gives something that is no way to cut.
    """
    initializer, reuse, dtype = arguments["initializer"], arguments["reuse"], arguments["dtype"]
    if name in store._vars:
        raise refuse(
            "REFUSED_PARTITION",
            ValueError,
            f"A partitioner was provided, but an unpartitioned version of the variable was found: {name}.  Perhaps a variable of "
            "the same name was already created without partitioning?",
            lookup="present",
            variable=store._vars[name],
        )
    shape = TensorShape(arguments["shape"])
    if isinstance(initializer, Tensor):
        shape = shape.merge_with(initializer.get_shape())
    partitions = None
    if not reuse or partitioner:
        partitions = _partitions(partitioner, shape, dtype)
    if name in store._partitioned_vars:
        return _found(store._partitioned_vars[name], name, shape, dtype, partitions, reuse)
    if reuse is True:
        raise refuse(
            "REFUSED_MISSING",
            ValueError,
            f"PartitionedVariable {name} does not exist, or was not created with tf.get_variable(). "
            "Did you mean to set reuse=False or reuse=tf.AUTO_REUSE in VarScope?",
            lookup="missing",
            store=store,
            name=name,
        )
    axis, count = _cut(partitions)
    _check_parts(store, name, count)
    parts = []
    for index, (offset, sizes) in enumerate(_pieces(sizes_of(shape), count, axis)):
        part, dtype = _make_part(store, name, index, offset, sizes, shape, arguments)
        parts.append(part)
    whole = PartitionedVariable(name, shape, dtype, parts, partitions)
    store._partitioned_vars[name] = whole
    return whole


def _found(
    existing: PartitionedVariable, name: str, shape: TensorShape, dtype: Any, partitions: Any, reuse: Any
) -> PartitionedVariable:
    def refused(verdict: str, phrase: str) -> Any:
        return refuse(verdict, ValueError, phrase, lookup="present", variable=existing._variable_list[0])

    if reuse is False:
        raise refused(
            "REFUSED_EXISTS",
            f"Partitioned variable with name {name} already exists. Did you mean to set reuse=True or reuse=tf.AUTO_REUSE in "
            "VarScope?",
        )
    start = f"Trying to reuse partitioned variable {name}, but specified"
    if not shape.is_compatible_with(existing.get_shape()):
        raise refused("REFUSED_SHAPE", f"{start} shape {shape} and found shape {existing.get_shape()}.")
    if not dtype.is_compatible_with(existing.dtype):
        raise refused("REFUSED_DTYPE", f"{start} dtype {dtype.name} and found dtype {existing.dtype.name}.")
    if partitions is not None and existing._get_partitions() != partitions:
        raise refused(
            "REFUSED_PARTITION", f"{start} partitions {partitions} and found partitions {existing._get_partitions()}."
        )
    return existing


def _partitions(partitioner: Any, shape: TensorShape, dtype: Any) -> Any:
    """Returns what the partitioner says, checked."""

    def refused(phrase: str) -> Any:
        return refuse("REFUSED_PARTITION", ValueError, phrase)

    if not shape.is_fully_defined():
        raise refused(f"Shape of a new partitioned variable must be fully defined, but instead was {shape}.")
    if len(shape) < 1:
        raise refused(f"A partitioned Variable must have rank at least 1, shape: {shape}")
    found = partitioner(shape=shape, dtype=dtype)
    if not isinstance(found, Sequence):
        raise refused(f"Partitioner must return a sequence, but saw: {found}")
    if len(found) != len(shape):
        raise refused(
            f"Partitioner returned a partition list that does not match the Variable's rank: {found} vs. {shape}"
        )
    if any(count < 1 for count in found):
        raise refused(f"Partitioner returned zero partitions for some axes: {found}")
    if sum(count > 1 for count in found) > 1:
        raise refused(f"Can only slice a variable along one dimension: shape: {shape}, partitioning: {found}")
    return found


def _partition_info(full_shape: list[int], offset: list[int]) -> PartitionInfo:
    """Returns what the initializer of a part is told. Raises ValueError when the whole is empty."""
    for start, size in zip(offset, full_shape, strict=True):
        if start >= size:
            raise refuse(
                "REFUSED_PARTITION",
                ValueError,
                f"Expected 0 <= offset < shape but found offset={start}, shape={size} for var_offset={offset}, "
                f"full_shape={full_shape}",
                advice="A variable without elements cannot be cut into parts: leave the partitioner out.",
            )
    return PartitionInfo(full_shape, offset)


def _cut(partitions: Any) -> tuple[int, int]:
    """Returns the axis that is cut and the number of parts."""
    return next(((axis, count) for axis, count in enumerate(partitions) if count > 1), (0, 1))


def _pieces(sizes: list[int], count: int, axis: int) -> Iterator[tuple[list[int], list[int]]]:
    """Yields offset and shape of each part; the first parts are larger by one when the size does not divide evenly."""
    least, more = divmod(sizes[axis], count)
    offset = [0] * len(sizes)
    for index in range(count):
        shape = list(sizes)
        shape[axis] = least + (index < more)
        yield list(offset), shape
        offset[axis] += shape[axis]


def _check_parts(store: Any, name: str, count: int) -> None:
    """Refuses a name whose parts were made one by one in another number."""
    if f"{name}/part_0" not in store._vars:
        return
    start = (
        "Partitioner returned a different partitioning than what was already found.  Partitioner returned "
        f"{count} shards, and shard {name}/part_0 was found, but "
    )
    if f"{name}/part_{count - 1}" not in store._vars:
        raise refuse(
            "REFUSED_PARTITION", ValueError, f"{start}{name}/part_{count - 1} was not.", lookup="present as a part"
        )
    if f"{name}/part_{count}" in store._vars:
        raise refuse(
            "REFUSED_PARTITION",
            ValueError,
            f"{start}so was the extra shard {name}/part_{count}.",
            lookup="present as a part",
        )


def _make_part(
    store: Any,
    name: str,
    index: int,
    offset: list[int],
    sizes: list[int],
    shape: TensorShape,
    arguments: dict[str, Any],
) -> tuple[Any, Any]:
    """Returns one part, and the dtype of the whole: that of the initializer when it is a tensor."""
    graph = contexts.default_graph()
    part_name = f"{name}/part_{index}"
    settings = dict(arguments)
    initializer = settings["initializer"]
    info = _partition_info(sizes_of(shape), offset)
    with graph.name_scope(f"{part_name}/PartitionedInitializer"):
        if initializer is None:
            settings["initializer"] = store.default_initializer(name, settings["dtype"])
            settings["shape"] = sizes
        elif callable(initializer):
            settings["shape"] = sizes
        else:
            whole = (
                initializer
                if isinstance(initializer, Tensor)
                else convert_to_tensor(initializer, dtype=settings["dtype"])
            )
            settings["initializer"] = slicing.slice(whole, offset, sizes)
            settings["shape"] = None
            if isinstance(initializer, Tensor):
                settings["dtype"] = settings["initializer"].dtype.base_dtype
    with graph.name_scope(None):
        part = store.get_single(part_name, partition_info=info, **settings)
    part._set_save_slice_info(SaveSliceInfo(name, sizes_of(shape), offset, sizes))
    return part, settings["dtype"]
