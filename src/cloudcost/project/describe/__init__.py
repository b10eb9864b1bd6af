"""What is made of the models of a project file: its JSON Schema, its reference page, the commented file of `init`."""
