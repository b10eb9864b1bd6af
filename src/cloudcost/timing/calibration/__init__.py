"""A few measured steps scale a known device's model to the machine that they were measured on."""
