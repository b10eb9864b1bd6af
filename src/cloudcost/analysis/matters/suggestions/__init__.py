"""What would cost less: changes of the data set and of machines, each estimated, and the best of each sort."""
