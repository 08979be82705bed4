"""What is held about a person: told in one file, and taken out of everything."""
