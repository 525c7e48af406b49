"""The things on the desk: receipt printers, the cash drawer, readers; each behind an interface and none with Qt."""
