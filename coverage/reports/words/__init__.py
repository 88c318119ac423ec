"""French sentences, apart from the code that fills them in."""
