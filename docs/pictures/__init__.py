"""The pictures of the explanations, one in each file, drawn from what gradcheck computes."""
