"""Every question once: a parameter model, and a function from parameters and store to an answer."""
