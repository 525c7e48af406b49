"""What must not break a payment: kills, power cuts, failing disks, damage, and hostile names, each made for real."""
