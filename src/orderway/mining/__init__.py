"""What event logs say: arrays in, figures out. Pure; knows no database, no clock and no page."""
