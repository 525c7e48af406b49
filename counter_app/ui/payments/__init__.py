"""The 收费 room: find the customer, see what is owed and why, take the money, hand over the receipt."""
