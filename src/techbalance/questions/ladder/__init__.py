"""What the questions about moving up the value chain read: baskets, markets, incomes, names."""
