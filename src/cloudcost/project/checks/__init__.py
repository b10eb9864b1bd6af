"""What a project file is held to beyond its types: keys that belong together, names that are known."""
