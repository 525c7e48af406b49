"""Letting late fees off and putting them off: what is asked for, decided and ended, beside the customer's page."""
