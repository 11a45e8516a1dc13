"""How graphs are written and read: numbers, names, formulas, the parser, JavaScript, SymPy."""
