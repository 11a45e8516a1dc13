"""What takes a model elsewhere: to a file, and to other libraries."""
