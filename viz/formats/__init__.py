"""Pictures as files: one format a file."""
