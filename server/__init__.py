"""The web program: the only room that serves HTTP and WebSocket."""
