"""What a graph is made of: rows, Values, and the chain rule over them."""
