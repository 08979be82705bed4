"""What makes pages of the documentation: the reference, the site and the pictures."""
