"""The engine: a company's months on a block of paths, with NumPy alone."""
