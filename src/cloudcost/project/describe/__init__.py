"""What is made of the models of a project file: its JSON Schema and its reference page."""
