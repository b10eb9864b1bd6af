"""The forward pass of a module, seen call by call."""
