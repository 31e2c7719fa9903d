"""The graph itself: types, shapes, operations, names, scopes, collections, the registry and the builder.

This room knows no operation type and no session.
"""
