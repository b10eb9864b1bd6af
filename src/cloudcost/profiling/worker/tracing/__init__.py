"""From a module of torch to a network description, and back."""
