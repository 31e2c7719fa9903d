"""Small programs in the language of TensorFlow 1.

Each takes the module `tf`, so that the same source runs under real TensorFlow and under tfmini. A program is a function with the
decorator `program`; it builds in a fresh default graph and returns a dict of the results that the comparison looks at.
"""
