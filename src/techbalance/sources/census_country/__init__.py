"""US Census Bureau: goods by partner, and Advanced Technology Products for the world."""
