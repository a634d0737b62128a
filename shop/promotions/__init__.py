"""What an order costs under the shop's offers, and what a fallen price gives back."""
