"""Gradients of graphs, by adding operations to them."""

from . import control_flow as control_flow
from . import tensor_arrays as tensor_arrays
from .aggregation import AggregationMethod
from .gradients import UnconnectedGradients, gradients

__all__ = ["AggregationMethod", "UnconnectedGradients", "gradients"]
