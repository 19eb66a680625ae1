"""What each answer says, as posts."""
