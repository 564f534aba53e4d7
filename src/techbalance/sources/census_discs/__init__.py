"""US Census Bureau: the annual discs of detailed trade, files a user owns."""
