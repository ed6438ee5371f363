"""Orderway: the standard order process as a document that runs."""
