"""The rooms 挽留 and 审批: a customer who wants to leave, from the first word to the order, and who signs for it."""
