"""What real TensorFlow said, and the recorder that asked it."""
