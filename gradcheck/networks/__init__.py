"""End-to-end programs as graphs of ops."""
