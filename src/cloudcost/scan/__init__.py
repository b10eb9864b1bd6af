"""What really lies where a project says that its data are; today in a folder (`folder`): images and bytes, counted."""
