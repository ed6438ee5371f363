"""What happens next to one order: pure decisions over a standard, a case and given facts. No clock, no database, no randomness."""
