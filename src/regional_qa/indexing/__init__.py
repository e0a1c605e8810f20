"""Articles -> a generation on disk, whole and verified, and back."""
