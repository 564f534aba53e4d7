"""World Bank: charges for the use of intellectual property and other indicators."""
