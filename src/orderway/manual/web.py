"""Every address of the manual. Shows nothing itself."""

from __future__ import annotations

from orderway.manual import controlling, editing, printouts, reader

urlpatterns = [*editing.urlpatterns, *printouts.urlpatterns, *controlling.urlpatterns, *reader.urlpatterns]
