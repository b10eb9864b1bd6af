"""The best machine of the whole price book for a project: all rows are considered, a bound spares most of the work."""
