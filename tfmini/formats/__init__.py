"""Bytes and values: the protocol buffers of graphs and variables, compatible with TensorFlow's on the wire.

Importing this room costs nothing: protobuf is loaded when the first message is asked for.
"""

from . import messages as messages
from . import node_defs
from .tensors import make_ndarray, make_tensor_proto

MESSAGES = (
    "AttrValue",
    "ConfigProto",
    "GPUOptions",
    "GraphDef",
    "GraphOptions",
    "NameAttrList",
    "NodeDef",
    "OptimizerOptions",
    "RunMetadata",
    "RunOptions",
    "VariableDef",
)
"""The messages that have a public name, `tf.GraphDef` and so on; their classes are made when they are first used."""

__all__ = ["make_ndarray", "make_tensor_proto"]

node_defs.fill_slots()
