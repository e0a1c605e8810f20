"""What we know of the field: regions, dates, quantities, script. Pure functions over text."""
