"""Neural-network diagrams: columns of units, lines by weight."""
