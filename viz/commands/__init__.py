"""The command's subcommands: each adds its arguments to the parser, and runs what they ask for."""
