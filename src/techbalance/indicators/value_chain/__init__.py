"""Who moves up the value chain? METHODS C1, C2, C5 to C7 and B6, as table expressions."""
