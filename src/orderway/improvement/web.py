"""The addresses of improvement."""

from __future__ import annotations

from django.urls import path

from orderway.improvement import question_acts

urlpatterns = [
    path("orders/<str:number>/link/revoke", question_acts.revoke, name="question_revoke"),
    path("orders/<str:number>/link", question_acts.again, name="question_again"),
]
