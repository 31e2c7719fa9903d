"""Operation types: one declaration each, in files by family. Importing this package registers all of them."""
