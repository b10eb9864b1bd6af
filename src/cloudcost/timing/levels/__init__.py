"""The speed of any device under any stack: levels by arithmetic, stack, format, architecture, device and host."""
