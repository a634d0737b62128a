"""What leaves by itself: replies and invitations pushed to the shop's own endpoint."""

from review_manager.sending.endpoint import BadAddressError, Endpoint
from review_manager.sending.wire import Message, Outcome, Receipt, ping

__all__ = ["BadAddressError", "Endpoint", "Message", "Outcome", "Receipt", "ping"]
