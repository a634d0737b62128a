"""The shop's records and rules: customers, members, products, orders, returns, refunds, coupons."""
