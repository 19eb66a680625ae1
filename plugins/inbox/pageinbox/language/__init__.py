"""From typed words to values and back."""
