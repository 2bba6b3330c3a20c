"""One module a command: what it may be asked, and what it prints."""
