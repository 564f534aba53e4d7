"""USITC: which ten-digit codes were Advanced Technology Products, year by year."""
