"""From a policy scenario to a range of outcomes: the record's imports, assumptions, models, draws."""
