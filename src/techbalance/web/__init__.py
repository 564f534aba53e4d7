"""The same answers over HTTP: read-only, each question one address, made from the declarations."""
