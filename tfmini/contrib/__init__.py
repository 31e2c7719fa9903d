"""`tf.contrib`: the parts of TensorFlow 1.15's contributed code that programs about variables use."""
