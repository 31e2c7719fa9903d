"""Speed of tfmini beside hand-written numpy and, where it is installed, TensorFlow. Run `python -m benchmarks`."""
