"""Where do figures come from? One room per publisher: a declaration and an adapter."""
