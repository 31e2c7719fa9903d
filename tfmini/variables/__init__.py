"""Variables: the two kinds, the store behind `get_variable`, variable scopes, initializers."""
