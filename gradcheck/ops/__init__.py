"""The library's ops: pointwise functions as rows of tables, every layer a file of its own."""
