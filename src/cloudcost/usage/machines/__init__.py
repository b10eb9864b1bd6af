"""What machines meter, rented or one's own: billed time, disks, energy."""
