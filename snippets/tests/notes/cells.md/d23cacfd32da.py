from decimal import Decimal
total = Decimal("0.10") * 3
assert total == Decimal("0.30"), total
