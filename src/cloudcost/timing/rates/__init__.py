"""Models of GPUs: a step's time from what a network asks of a device, fitted to measured steps."""
