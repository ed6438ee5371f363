"""The entry point of web servers: `application` for any of them, `served` for the processes that `orderway serve` starts."""

import os
import signal
import threading
import time

from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "orderway.project.settings")
application = get_wsgi_application()

LOOK_EVERY_SECONDS = 1.0


def served() -> WSGIHandler:
    """The application in a web process that ends once its server is gone: killed, a server could not end it and its port stayed taken."""
    threading.Thread(target=_end_without, args=(os.getppid(),), daemon=True, name="end without server").start()
    return application


def _end_without(server: int) -> None:
    while os.getppid() == server:
        time.sleep(LOOK_EVERY_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)
