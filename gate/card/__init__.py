"""The credential: its model, its wire form, issuing and verifying. Pure."""
