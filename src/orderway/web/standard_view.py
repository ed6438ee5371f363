"""The words of a standard for the pages of the shell. They live in `pages.standard_view`, so that the manual below can say them too."""

from __future__ import annotations

from orderway.pages.standard_view import criterion_text, document_title, overview, role, stage_title, stage_view, step_title, table_view

__all__ = ["criterion_text", "document_title", "overview", "role", "stage_title", "stage_view", "step_title", "table_view"]
