"""Steps that calibrate a known device: reading them, and timing the two that tell most."""
