"""Where things stand: cards measured, and placed by Graphviz."""
