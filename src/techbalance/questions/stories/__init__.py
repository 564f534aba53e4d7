"""How is a product followed through the revisions of the Harmonized System? Trade in its codes, and rows."""
