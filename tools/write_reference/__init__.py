"""Which parts of the manual are computed, and are they current?

The reference pages come from the declarations that make the command line (``pages``); what follows a command
in an example is what the command writes (``examples``)::

    python -m tools.write_reference            write both
    python -m tools.write_reference --check    name what is stale, and exit 1
"""
