"""Tests of the operations: kernels, shapes, gradients, names and refusals."""
