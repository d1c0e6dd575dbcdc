"""Golden vectors: values and gradients of the references to fifty digits, made in ball arithmetic."""
