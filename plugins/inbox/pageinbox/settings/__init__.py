"""What ops can choose."""
