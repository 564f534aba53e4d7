"""Documents made from answers."""
