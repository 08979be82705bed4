"""Mail: notices on their way to people whose next meeting changes, and the server that takes them."""
