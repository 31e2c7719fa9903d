"""The messages as data: one line a field, `number kind name`.

A kind is a scalar of protocol buffers, the name of another message or enum of this file, `repeated KIND`, or
`map<string, KIND>`. A name after a bar is the oneof that the field belongs to. The numbers and kinds are those of
TensorFlow's `.proto` files; that is all that the wire format depends on. What is not listed here survives as unknown fields.
"""

from __future__ import annotations

PACKAGE = "tensorflow"

ENUMS: dict[str, dict[str, int]] = {
    "DataType": {
        "DT_INVALID": 0,
        "DT_FLOAT": 1,
        "DT_DOUBLE": 2,
        "DT_INT32": 3,
        "DT_UINT8": 4,
        "DT_INT16": 5,
        "DT_INT8": 6,
        "DT_STRING": 7,
        "DT_COMPLEX64": 8,
        "DT_INT64": 9,
        "DT_BOOL": 10,
        "DT_QINT8": 11,
        "DT_QUINT8": 12,
        "DT_QINT32": 13,
        "DT_BFLOAT16": 14,
        "DT_QINT16": 15,
        "DT_QUINT16": 16,
        "DT_UINT16": 17,
        "DT_COMPLEX128": 18,
        "DT_HALF": 19,
        "DT_RESOURCE": 20,
        "DT_VARIANT": 21,
        "DT_UINT32": 22,
        "DT_UINT64": 23,
    },
    "VariableSynchronization": {
        "VARIABLE_SYNCHRONIZATION_AUTO": 0,
        "VARIABLE_SYNCHRONIZATION_NONE": 1,
        "VARIABLE_SYNCHRONIZATION_ON_WRITE": 2,
        "VARIABLE_SYNCHRONIZATION_ON_READ": 3,
    },
    "VariableAggregation": {
        "VARIABLE_AGGREGATION_NONE": 0,
        "VARIABLE_AGGREGATION_SUM": 1,
        "VARIABLE_AGGREGATION_MEAN": 2,
        "VARIABLE_AGGREGATION_ONLY_FIRST_REPLICA": 3,
    },
    "SaverDef.CheckpointFormatVersion": {"LEGACY": 0, "V1": 1, "V2": 2},
}

# The numbers of reference types are their base plus 100.
ENUMS["DataType"].update({f"{name}_REF": number + 100 for name, number in list(ENUMS["DataType"].items()) if number})

MESSAGES: dict[str, str] = {
    "TensorShapeProto": """
        2 repeated TensorShapeProto.Dim dim
        3 bool unknown_rank
    """,
    "TensorShapeProto.Dim": """
        1 int64 size
        2 string name
    """,
    "ResourceHandleProto": """
        1 string device
        2 string container
        3 string name
        4 uint64 hash_code
        5 string maybe_type_name
    """,
    "TensorProto": """
        1 DataType dtype
        2 TensorShapeProto tensor_shape
        3 int32 version_number
        4 bytes tensor_content
        13 repeated int32 half_val
        5 repeated float float_val
        6 repeated double double_val
        7 repeated int32 int_val
        8 repeated bytes string_val
        9 repeated float scomplex_val
        10 repeated int64 int64_val
        11 repeated bool bool_val
        12 repeated double dcomplex_val
        14 repeated ResourceHandleProto resource_handle_val
        16 repeated uint32 uint32_val
        17 repeated uint64 uint64_val
        18 bytes float8_val
    """,
    "AttrValue": """
        2 bytes s | value
        3 int64 i | value
        4 float f | value
        5 bool b | value
        6 DataType type | value
        7 TensorShapeProto shape | value
        8 TensorProto tensor | value
        1 AttrValue.ListValue list | value
        10 NameAttrList func | value
        9 string placeholder | value
    """,
    "AttrValue.ListValue": """
        2 repeated bytes s
        3 repeated int64 i
        4 repeated float f
        5 repeated bool b
        6 repeated DataType type
        7 repeated TensorShapeProto shape
        8 repeated TensorProto tensor
        9 repeated NameAttrList func
    """,
    "NameAttrList": """
        1 string name
        2 map<string, AttrValue> attr
    """,
    "NodeDef": """
        1 string name
        2 string op
        3 repeated string input
        4 string device
        5 map<string, AttrValue> attr
        6 NodeDef.ExperimentalDebugInfo experimental_debug_info
    """,
    "NodeDef.ExperimentalDebugInfo": """
        1 repeated string original_node_names
        2 repeated string original_func_names
    """,
    "VersionDef": """
        1 int32 producer
        2 int32 min_consumer
        3 repeated int32 bad_consumers
    """,
    "OpDef": """
        1 string name
        2 repeated OpDef.ArgDef input_arg
        3 repeated OpDef.ArgDef output_arg
        20 repeated string control_output
        4 repeated OpDef.AttrDef attr
        5 string summary
        6 string description
        18 bool is_commutative
        16 bool is_aggregate
        17 bool is_stateful
        19 bool allows_uninitialized_input
    """,
    "OpDef.ArgDef": """
        1 string name
        2 string description
        3 DataType type
        4 string type_attr
        5 string number_attr
        6 string type_list_attr
        16 bool is_ref
    """,
    "OpDef.AttrDef": """
        1 string name
        2 string type
        3 AttrValue default_value
        4 string description
        5 bool has_minimum
        6 int64 minimum
        7 AttrValue allowed_values
    """,
    "FunctionDef": """
        1 OpDef signature
        5 map<string, AttrValue> attr
        3 repeated NodeDef node_def
        4 map<string, string> ret
        6 map<string, string> control_ret
    """,
    "GradientDef": """
        1 string function_name
        2 string gradient_func
    """,
    "FunctionDefLibrary": """
        1 repeated FunctionDef function
        2 repeated GradientDef gradient
    """,
    "GraphDef": """
        1 repeated NodeDef node
        4 VersionDef versions
        3 int32 version
        2 FunctionDefLibrary library
    """,
    "SaveSliceInfoDef": """
        1 string full_name
        2 repeated int64 full_shape
        3 repeated int64 var_offset
        4 repeated int64 var_shape
    """,
    "VariableDef": """
        1 string variable_name
        6 string initial_value_name
        2 string initializer_name
        3 string snapshot_name
        4 SaveSliceInfoDef save_slice_info_def
        5 bool is_resource
        7 bool trainable
        8 VariableSynchronization synchronization
        9 VariableAggregation aggregation
    """,
    "SaverDef": """
        1 string filename_tensor_name
        2 string save_tensor_name
        3 string restore_op_name
        4 int32 max_to_keep
        5 bool sharded
        6 float keep_checkpoint_every_n_hours
        7 SaverDef.CheckpointFormatVersion version
    """,
}
