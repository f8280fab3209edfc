"""The scheme desk: cards in a register, and the status lists that cancel or suspend them."""
