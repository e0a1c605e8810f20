"""One file for each third-party library, loaded only when it is chosen."""
