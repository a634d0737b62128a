"""Takes the shop's own records in: products, customers, orders and parcels, once each."""
