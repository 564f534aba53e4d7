"""What can be asked? Parameter models and declarations; nothing here imports a table library."""
