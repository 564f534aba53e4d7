"""What builds and checks the parts of techbalance that are made, not written."""
