"""Members: segments and tiers computed from orders, and what a birthday may bring."""
