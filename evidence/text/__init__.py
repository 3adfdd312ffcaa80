"""The text inside a file, read in a confined process: one module for each family of files."""
