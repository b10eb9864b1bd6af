"""What moves the answer, what would flip it, what is worth a look, and what would cost less."""
