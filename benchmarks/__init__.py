"""What is meant to be fast, measured against a named baseline in the same run."""
