"""The tables of orders: what was ordered, where each order stands, what is promised and what was booked.

Upper layers write the shared ledgers through the acts of this layer; nothing here decides what comes next.
"""

from orderway.orders.models.amendment import Amendment
from orderway.orders.models.conversation import Comment, Mention
from orderway.orders.models.house import Idempotency, Job, NumberSeries
from orderway.orders.models.notification import Digest, Notification
from orderway.orders.models.order import Delivery, DeliveryLine, ExposureBalance, ExposureMove, LineMove, Order, OrderLine
from orderway.orders.models.records import Correction, Evidence, Feedback, Hold, Promise, StoredDocument
from orderway.orders.models.work_item import WorkItem

__all__ = [
    "Amendment",
    "Comment",
    "Correction",
    "Delivery",
    "DeliveryLine",
    "Digest",
    "Evidence",
    "ExposureBalance",
    "ExposureMove",
    "Feedback",
    "Hold",
    "Idempotency",
    "Job",
    "LineMove",
    "Mention",
    "Notification",
    "NumberSeries",
    "Order",
    "OrderLine",
    "Promise",
    "StoredDocument",
    "WorkItem",
]
