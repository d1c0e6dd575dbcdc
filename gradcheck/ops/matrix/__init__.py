"""Matrix calculus: inverses, determinants, solutions, factors, eigenvalues and products, of stacks of matrices too."""
