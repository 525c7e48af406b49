"""The upstream service; it shares with the counter only the domain and the messages."""
