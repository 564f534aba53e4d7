"""What ``value_added`` and ``work_content`` are made of: tables, measures, ATP trade."""
