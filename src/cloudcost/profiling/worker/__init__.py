"""The process that traces and times a real CNN: the only place that imports torch."""
