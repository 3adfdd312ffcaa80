"""Pictures of files, drawn in a confined process: nothing of the file itself reaches a browser."""
