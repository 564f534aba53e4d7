"""What does the record say about a statement? Every measure, on every vintage and denominator."""
