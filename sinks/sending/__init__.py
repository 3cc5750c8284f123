"""What senders over HTTP share: when to try again, whom to leave alone, what a status means."""
