"""What counts as what: technology groups, lists, partners and dated areas, conduit economies."""
