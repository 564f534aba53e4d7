"""The same answers for an assistant: a tool per question, over the Model Context Protocol."""
