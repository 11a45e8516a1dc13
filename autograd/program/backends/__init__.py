"""What runs a program: one file a back end."""
