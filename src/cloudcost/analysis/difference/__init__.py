"""Two answers held against each other, from projects or from the JSON of earlier ones."""
