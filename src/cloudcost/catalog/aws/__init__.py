"""Facts about AWS alone: its regions, services and storage classes, and what an account has free, its support plans."""
