"""The handoff desk: conversation log, who may speak now, queue, relay, promises."""
