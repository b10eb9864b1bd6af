"""Why an answer is as it is, for people and for programs."""
