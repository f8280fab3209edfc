"""What is drawn to be printed: card faces, sheets. Bytes out, no files."""
