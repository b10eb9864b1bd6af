"""Names that a project file uses, held against the tables that they come from."""
