"""What units upload: checked, stored once, answered with a signed receipt, never changed again."""
