"""Every address of the manual. Shows nothing itself."""

from __future__ import annotations

from orderway.manual import controlling, editing, migrating, printouts, reader

urlpatterns = [*editing.urlpatterns, *printouts.urlpatterns, *controlling.urlpatterns, *migrating.urlpatterns, *reader.urlpatterns]
