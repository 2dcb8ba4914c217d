"""The migrations, oldest first by the date in their names; one is never changed once it was released."""
