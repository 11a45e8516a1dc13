"""What a picture says: from a graph to cards, arrows and texts, without any styling."""
