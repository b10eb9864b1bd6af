"""What is concluded about a project, as plain frozen values: nothing here computes, reads or prints."""
