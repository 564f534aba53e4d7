"""How do the publishers' files become stored trade? Read, checked, classified, and published whole."""
